/**
 * A trained sampler as commands ask it: here, or in the sandbox where its environment is a foreign plugin.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import {
  assessInSandbox,
  portrayInSandbox,
  sampleInSandbox,
  type SandboxQuestion,
} from "../sandbox/questions.ts";
import type { Checkpoint } from "../store/checkpoint.ts";
import { type CheckpointChoice, readCheckpointOf } from "../store/stored_run.ts";
import { assess, type AssessmentRequest, type Measured } from "../trained/assess.ts";
import { type Portrait, type PortraitRequest, portray } from "../trained/portrait.ts";
import { sampleObjects, type SampleRequest } from "../trained/sample.ts";
import type { SampledObject } from "../trained/sampled_object.ts";
import { openSampler, type Parameters } from "../trained/trained_sampler.ts";
import { fileBytes, openBuiltIn } from "./_environments.ts";
import { say } from "./_print.ts";
import { type OpenedRun, openStoredRun } from "./_stored.ts";
import { threadsFor } from "./_threads.ts";

/** Which sampler of a run. */
export interface SamplerArguments {
  run: string;
  /** `last`, `best` or a step. */
  checkpoint: string;
  averaged: boolean;
  threads: number | undefined;
}

/** A sampler that can be asked. */
export interface AskedSampler {
  checkpoint: Checkpoint;
  parameters: Parameters;
  opened: OpenedRun;
  sample(request: SampleRequest): AsyncGenerator<SampledObject[], void, void>;
  assess(request: AssessmentRequest): Promise<Measured>;
  portray(request: PortraitRequest): Promise<Portrait>;
}

/** Uses the sampler of a run folder, and gives back what it took. */
export async function withSampler<T>(
  args: SamplerArguments,
  use: (sampler: AskedSampler) => Promise<T>,
): Promise<T> {
  const opened = await openStoredRun(args.run), { config, ground, stored } = opened;
  const { checkpoint, refused } = await readCheckpointOf(stored, choiceOf(args.checkpoint));
  for (const message of refused) say(message);
  const parameters: Parameters = args.averaged ? "averaged" : "trained";
  if (args.averaged && config.ema.decay === 0) {
    throw usageError(
      "E_AVERAGED",
      `Cannot use --averaged with the run in ${args.run}: found ema.decay = 0, want a run with a moving average`,
    );
  }
  const { foreign, files } = ground;
  const threads = await threadsFor(config, args.threads, ground);
  const common = { checkpoint, parameters, opened } as const;
  const { snapshot } = checkpoint;
  try {
    if (foreign) {
      const question: SandboxQuestion = {
        ...{ source: foreign.source, config, snapshot, parameters, files: fileBytes(files) },
        threads: threads.count ?? 1,
      };
      return await use({
        ...common,
        sample: (request) => sampleInSandbox(question, request),
        assess: (request) => assessInSandbox(question, request),
        portray: (request) => portrayInSandbox(question, request),
      });
    }
    const environment = await openBuiltIn(config, files);
    const objective = objectives[config.objective.name]!;
    const sampler = await openSampler({ environment, objective, config, snapshot, parameters });
    try {
      return await use({
        ...common,
        sample: (request) => sampleObjects(sampler, request),
        assess: (request) => assess(sampler, request),
        portray: (request) => portray(sampler, request),
      });
    } finally {
      sampler.dispose();
    }
  } finally {
    threads.stop();
  }
}

/** The checkpoint that an argument names. */
export function choiceOf(text: string): CheckpointChoice {
  if (text === "last" || text === "best") return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(
    "E_CHECKPOINT",
    `Cannot use --checkpoint ${text}: found neither last, best nor a step, want one of these`,
  );
}
