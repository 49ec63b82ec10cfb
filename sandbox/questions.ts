/**
 * Asking a sampler whose environment is a foreign plugin: its objects, its measures.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { LoadedSource } from "../plugins/_host_source.ts";
import { plainText } from "../plugins/description.ts";
import type { RewardHooks } from "../plugins/reward_hook.ts";
import type { Snapshot } from "../train/snapshot.ts";
import type { AssessmentRequest, Measured } from "../trained/assess.ts";
import type { Portrait, PortraitRequest } from "../trained/portrait.ts";
import type { SampleRequest } from "../trained/sample.ts";
import type { SampledObject } from "../trained/sampled_object.ts";
import type { Parameters } from "../trained/trained_sampler.ts";
import { outOfTurn, SandboxWorker } from "./_sandbox_worker.ts";
import type { Question } from "./protocol.ts";

/** A sampler that was trained in the sandbox, and what it is asked. */
export interface SandboxQuestion {
  source: LoadedSource;
  /** Of the run that trained it. */
  config: RunConfig;
  threads: number;
  files?: Record<string, Uint8Array>;
  hooks?: RewardHooks;
  snapshot: Snapshot;
  parameters: Parameters;
}

/** As `sampleObjects`, with a foreign plugin in the sandbox. */
export async function* sampleInSandbox(
  about: SandboxQuestion,
  request: SampleRequest,
): AsyncGenerator<SampledObject[], void, void> {
  const worker = questioned(about, { ask: "sample", request });
  try {
    for (;;) {
      const said = await worker.next();
      if (said.type === "done") return;
      if (said.type !== "objects") throw outOfTurn(about.source.name, said.type);
      yield said.objects.map((object) =>
        ({
          ...object,
          ...(object.text !== undefined && { text: plainText(object.text, object.text.length) }),
        }) as SampledObject
      );
      worker.taken();
    }
  } finally {
    worker.end();
  }
}

/** As `assess`, with a foreign plugin in the sandbox. Names of nodes are plain. */
export async function assessInSandbox(
  about: SandboxQuestion,
  request: AssessmentRequest,
): Promise<Measured> {
  const worker = questioned(about, { ask: "assess", request });
  try {
    const said = await worker.next();
    if (said.type !== "assessment") throw outOfTurn(about.source.name, said.type);
    const { marginals, ...measures } = said.measures;
    const plain = (names: string[]) => names.map((name) => plainText(name));
    return {
      ...measures,
      ...(marginals && {
        marginals: marginals.map(({ nodes, largestDifferenceAt, ...rest }) => ({
          ...{ ...rest, nodes: plain(nodes) },
          ...(largestDifferenceAt && { largestDifferenceAt: plain(largestDifferenceAt) }),
        })),
      }),
    } as Measured;
  } finally {
    worker.end();
  }
}

/** As `portray`, with a foreign plugin in the sandbox. Texts and names are plain; drawings are as the plugin made them. */
export async function portrayInSandbox(
  about: SandboxQuestion,
  request: PortraitRequest,
): Promise<Portrait> {
  const worker = questioned(about, { ask: "portray", request });
  try {
    const said = await worker.next();
    if (said.type !== "portrait") throw outOfTurn(about.source.name, said.type);
    const { objects, exact, ...rest } = said.portrait, edges = exact?.edges;
    return {
      ...rest,
      exact: exact && {
        ...exact,
        edges: edges ? { ...edges, nodes: edges.nodes.map((name) => plainText(name)) } : null,
      },
      objects: objects.map(({ text, ...object }) => ({
        ...(text !== undefined && { text: plainText(text, text.length) }),
        ...object,
      })),
    };
  } finally {
    worker.end();
  }
}

function questioned(
  { source, config, threads, files = {}, hooks = {}, snapshot, parameters }: SandboxQuestion,
  question: Question,
): SandboxWorker {
  const worker = new SandboxWorker(source, config.sandbox, hooks);
  const given = { config, threads, files, hooks: Object.keys(hooks), snapshot, parameters };
  worker.start({ job: "answer", source: worker.source, ...given, question });
  return worker;
}
