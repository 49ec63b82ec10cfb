/**
 * Makes the binaries: `deno task compile [TARGET…]`. A binary is `dist/gfn.js` behind Deno's runtime, with
 * the permissions that it may ever use: it has no more, whatever it is told. `SHA256SUMS` lists them.
 *
 * Deno fetches the runtime of a target, `denort`, from its own server. Where that is out of reach,
 * `DENORT_BIN` can name a file to stand in: with the target's `deno` the step runs to its end, and what is
 * embedded can be looked at, but what comes out is not a gfn that runs.
 *
 * @module
 */
import { deno, dist, makeBundle, megabytes } from "./bundle.ts";

/** What binaries are made for. */
export const targets = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;
export type Target = typeof targets[number];

/**
 * What is baked in. Reading and writing are open, because the folder of `--out` is not known here; so is
 * the net, because the host of a plugin's URL is not. What is run is gfn itself, for `gfn sweep`, and
 * Slurm's two programs. There is no environment, no system information, no native code, no import. A
 * plugin has none of this: its worker is started with no permission at all.
 */
const baked = [
  ...["--allow-read", "--allow-write", "--allow-net", "--allow-run=gfn,sbatch,squeue"],
  ...["--deny-import", "--no-prompt", "--unstable-worker-options"],
];

/**
 * Compiles a bundle for a target.
 *
 * @returns the path of the binary
 */
export async function compile(bundle: string, target: Target, folder: string): Promise<string> {
  const path = `${folder}/gfn-${target}${target.includes("windows") ? ".exe" : ""}`;
  // Quiet is baked in too: a Slurm that is not there is nothing to talk of. Without the configuration no
  // package of the project is embedded beside the bundle, which holds all that it needs.
  const quiet = ["--quiet", "--no-check", "--no-config", "--no-lock"];
  await deno("compile", ...quiet, ...baked, "--target", target, "--output", path, bundle);
  return path;
}

function targetOf(name: string): Target {
  const target = targets.find((one) => one === name);
  if (target !== undefined) return target;
  throw new Error(`no target "${name}", want one of ${targets.join(", ")}`);
}

if (import.meta.main) {
  const wanted = Deno.args.length > 0 ? Deno.args.map(targetOf) : targets;
  const { path: bundle, bytes } = await makeBundle(dist);
  console.log(`gfn.js  ${megabytes(bytes)}`);
  const sums: string[] = [];
  for (const path of [bundle, ...await all(wanted, (target) => compile(bundle, target, dist))]) {
    const found = await Deno.readFile(path), name = path.slice(dist.length + 1);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", found)).toHex();
    sums.push(`${hash}  ${name}\n`);
    if (path !== bundle) console.log(`${name}  ${megabytes(found.length)}`);
  }
  await Deno.writeTextFile(`${dist}/SHA256SUMS`, sums.join(""));
}

/** One after the other: each writes some hundred megabytes. */
async function all<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
