/**
 * The trained sampler of a run folder: here, or in the sandbox where its environment is a foreign plugin.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { RewardHooks } from "../plugins/reward_hook.ts";
import {
  assessInSandbox,
  portrayInSandbox,
  sampleInSandbox,
  type SandboxQuestion,
} from "../sandbox/questions.ts";
import type { Checkpoint } from "../store/checkpoint.ts";
import { type CheckpointChoice, readCheckpointOf } from "../store/stored_run.ts";
import { requireAverage } from "../train/snapshot.ts";
import { assess, type AssessmentRequest, type Measured } from "../trained/assess.ts";
import { type Portrait, type PortraitRequest, portray } from "../trained/portrait.ts";
import { sampleObjects, type SampleRequest } from "../trained/sample.ts";
import type { SampledObject } from "../trained/sampled_object.ts";
import { openSampler, type Parameters } from "../trained/trained_sampler.ts";
import { fileBytes, openOwn } from "./ground.ts";
import { type Known, type OpenedRun, openStoredRun } from "./opened_run.ts";
import { threadsFor } from "./threads.ts";

/** Which sampler of a run. */
export interface SamplerChoice extends Known {
  /** The last checkpoint when nothing is said. */
  checkpoint?: CheckpointChoice;
  /** Those that were trained when nothing is said. */
  parameters?: Parameters;
  /** For products of matrices; as many as pay off when nothing is said. The results are the same bits. */
  threads?: number;
  /** Functions that rewards may ask, by name. */
  hooks?: RewardHooks;
}

/**
 * A sampler that can be asked. `using` gives its memory back and ends its helper threads, which would keep the
 * program from ending.
 */
export interface StoredSampler extends Disposable {
  config: RunConfig;
  opened: OpenedRun;
  checkpoint: Checkpoint;
  parameters: Parameters;
  /** What was wrong with newer checkpoints, a line each. */
  refused: readonly string[];
  /** Objects, a chunk at a time; see `sampleObjects`. */
  sample(request: SampleRequest): AsyncGenerator<SampledObject[], void, void>;
  /** Measures; see `assess`. */
  assess(request: AssessmentRequest): Promise<Measured>;
  /** What a report shows of it. */
  portray(request: PortraitRequest): Promise<Portrait>;
}

/**
 * Brings the sampler of a run folder into memory. A foreign plugin comes from the folder, and each question
 * about it is answered in a sandbox.
 *
 * @throws {GfnError} as {@linkcode openStoredRun}; `E_CHECKPOINT` when there is no such checkpoint, or none
 * that is whole; `E_AVERAGED` when a moving average is wanted and the run has none; `E_THREADS`
 */
export async function openStoredSampler(
  path: string,
  { checkpoint: choice = "last", parameters = "trained", threads: asked, hooks = {}, ...known }:
    SamplerChoice = {},
): Promise<StoredSampler> {
  const opened = await openStoredRun(path, known), { config, ground, objective, stored } = opened;
  const { checkpoint, refused } = await readCheckpointOf(stored, choice);
  const { snapshot } = checkpoint;
  if (parameters === "averaged") requireAverage(snapshot.tensors, `the run in ${path}`);
  const threads = await threadsFor(config, asked, ground);
  const common = { config, opened, checkpoint, parameters, refused } as const;
  const { foreign, files } = ground;
  if (foreign) {
    const question: SandboxQuestion = {
      ...{ source: foreign.source, config, snapshot, parameters, files: fileBytes(files) },
      threads: threads.count ?? 1,
      hooks,
    };
    return {
      ...common,
      sample: (request) => sampleInSandbox(question, request),
      assess: (request) => assessInSandbox(question, request),
      portray: (request) => portrayInSandbox(question, request),
      [Symbol.dispose]: () => threads.stop(),
    };
  }
  try {
    const environment = await openOwn(config, ground, hooks);
    const sampler = await openSampler({ environment, objective, config, snapshot, parameters });
    return {
      ...common,
      sample: (request) => sampleObjects(sampler, request),
      assess: (request) => assess(sampler, request),
      portray: (request) => portray(sampler, request),
      [Symbol.dispose]() {
        sampler.dispose();
        threads.stop();
      },
    };
  } catch (error) {
    threads.stop();
    throw error;
  }
}
