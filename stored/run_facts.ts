/**
 * What a run folder has to know of its run, and what the first line of its metrics says.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import { identityOf } from "../config/identity.ts";
import type { RunConfig } from "../config/schema.ts";
import type { RunFacts } from "../store/run_folder.ts";
import { productsInUse } from "../tensor/kernels/kernels.ts";
import type { RunEvent } from "../train/events.ts";
import type { Ground } from "./ground.ts";
import { VERSION } from "./version.ts";

/** What a run is trained on beside an environment of this program. */
type Beside = Partial<Pick<Ground, "foreign" | "files">>;

/**
 * The facts of a run that is begun now, for `createRunFolder`.
 *
 * @param beside a foreign plugin, and data files by option, where there are such
 * @param threads for products of matrices; null where nobody knows
 */
export async function runFacts(
  config: RunConfig,
  beside: Beside = {},
  threads: number | null = 1,
): Promise<RunFacts> {
  const run = await runEvent(config, beside, threads);
  return { run, identity: await identityOf(config), keep: config.checkpoint.keep };
}

/** The first line of a run. */
export async function runEvent(
  config: RunConfig,
  { foreign = null, files = {} }: Beside,
  threads: number | null,
): Promise<RunEvent> {
  return {
    type: "run",
    format: 1,
    version: VERSION,
    config: { ...config },
    ...(foreign && {
      plugin: {
        name: foreign.description.name,
        reference: foreign.source.reference.text,
        apiVersion: foreign.description.apiVersion,
        sha256: foreign.source.sha256,
      },
    }),
    ...(Object.keys(files).length > 0 && {
      files: Object.fromEntries(Object.entries(files).map(([key, { sha256 }]) => [key, sha256])),
    }),
    configHash: await configHash(config),
    time: { started: Date.now() / 1000 },
    host: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      os: Deno.build.os,
      arch: Deno.build.arch,
      kernels: productsInUse(),
      threads,
    },
  };
}
