/**
 * Runs in folders, as `gfn train --out` writes them: read by a program, sampled from, and written by one.
 * It is for Deno, whose files it uses; `mod.ts`, which does all else, runs anywhere.
 *
 * @example The sampler that `gfn train --out run` trained
 * ```ts ignore
 * import { openStoredSampler } from "@gfn/gfn/stored";
 *
 * using sampler = await openStoredSampler("run", { checkpoint: "best" });
 * for await (const objects of sampler.sample({ count: 1000, seed: 0 })) console.log(objects);
 * ```
 *
 * @module
 */
export type { Checkpoint, CheckpointFacts } from "../store/checkpoint.ts";
export { readObjects } from "../store/objects_file.ts";
export {
  createRunFolder,
  type Resumed,
  resumeRunFolder,
  type RunFacts,
  type RunFolder,
} from "../store/run_folder.ts";
export { runFoldersIn } from "../store/run_folders.ts";
export {
  type CheckpointChoice,
  eventsOf,
  type PluginText,
  readCheckpointOf,
  readStoredRun,
  type StoredRun,
} from "../store/stored_run.ts";
export type { GivenObjects } from "../trained/given_objects.ts";
export type { Portrait, PortraitRequest } from "../trained/portrait.ts";
export type { Parameters } from "../trained/trained_sampler.ts";
export {
  type Environments,
  type ForeignPlugin,
  type Ground,
  openOwn,
  type Plugins,
} from "./ground.ts";
export { type Known, type OpenedRun, openStoredRun } from "./opened_run.ts";
export { runFacts } from "./run_facts.ts";
export { openStoredSampler, type SamplerChoice, type StoredSampler } from "./sampler.ts";
