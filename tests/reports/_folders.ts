/**
 * Run folders with numbers of the test's own: no training, the same on every machine.
 *
 * @module
 */
import type { GroupFacts, Report } from "../../reports/report.ts";
import { makeReport, readFolders } from "../../reports/report.ts";
import type { Portrait } from "../../trained/portrait.ts";

/** A run that says total variation 1 / (step + 1) / scale at steps 0, 10, 20. */
export interface Told {
  objective: string;
  seed: number;
  scale: number;
  env?: Record<string, unknown>;
  plugin?: { name: string; reference: string; apiVersion: number; sha256: string };
}

/** The lines of the run. */
export function linesOf({ objective, seed, scale, env, plugin }: Told): object[] {
  const run = {
    ...{ type: "run", format: 1, version: "0.1.0", configHash: "0".repeat(64) },
    ...(plugin && { plugin }),
    config: {
      env: env ?? { name: "hypergrid", dims: 2, side: 4 },
      objective: { name: objective },
      reward: { exponent: 1, min: null },
      ...{ seed, steps: 20 },
    },
    host: { deno: "2", threads: 1 },
  };
  const evaluations = [0, 10, 20].map((step) => ({
    ...{ type: "eval", step, trajectories: 16 * step, logZExact: 2, klReverse: 0.25 },
    ...{ tv: 1 / (step + 1) / scale, elbo: 2 - 0.5 / scale, eubo: 2.5, logZ: 1.5 },
    ...{ meanLogReward: -0.5, modesFound: step / 10, time: { elapsed: step * scale } },
  }));
  const trainings = [10, 20].map((step) => ({
    ...{ type: "train", step, trajectories: 16 * step, rewards: 16 * step, meanLength: 3 },
    ...{ sources: { policy: 16, localSearch: 0, replay: 0 }, losses: { policy: 8 / step } },
    ...{ gradNorm: { policy: 1 }, meanLogReward: -1, time: { elapsed: step * scale } },
  }));
  const end = { type: "end", reason: "finished", step: 20, trajectories: 320 };
  const [first, second, third] = evaluations;
  return [run, first!, trainings[0]!, second!, trainings[1]!, third!, {
    ...end,
    time: { elapsed: 20 * scale },
  }];
}

/** Writes a run folder. */
export function writeRun(path: string, lines: readonly object[], rest = ""): void {
  Deno.mkdirSync(path, { recursive: true });
  Deno.writeTextFileSync(`${path}/run.json`, JSON.stringify(lines[0]));
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  Deno.writeTextFileSync(`${path}/metrics.jsonl`, text + rest);
}

/** A portrait of four cells, of which the sampler misses the last. */
export const fourCells: Portrait = {
  exact: {
    ...{ objects: 4, unrewarded: 0, tv: 0.25, entropy: Math.log(3), targetEntropy: Math.log(4) },
    ranks: [1, 2, 3, 4].map((rank) => ({
      ...{ from: rank, to: rank, target: 0.25 },
      ...(rank < 4 ? { mean: 1 / 3, low: 1 / 3, high: 1 / 3 } : { mean: 0, low: 0, high: 0 }),
    })),
    map: {
      ...{ columns: 2, rows: 2, fields: 2 },
      ...{ target: [0.25, 0.25, 0.25, 0.25], sampler: [1 / 3, 1 / 3, 1 / 3, 0] },
    },
    edges: null,
  },
  sampled: { logReward: [0, 0], logWeight: [1, 1] },
  objects: [{ text: "(0, 1)", logReward: 0, logProbability: -1 }],
};

/** The same of graphs of two nodes, the second of a name that is markup and long. */
export const fourGraphs: Portrait = {
  ...fourCells,
  exact: {
    ...fourCells.exact!,
    map: null,
    edges: {
      nodes: ["rain", "<b>boots</b>"],
      target: [0, 0.5, 0.25, 0],
      sampler: [0, 1 / 3, 1 / 3, 0],
    },
  },
};

/** A portrait from samples alone, of strings and one drawing. */
export const strings: Portrait = {
  exact: null,
  sampled: {
    logReward: Array.from({ length: 100 }, (_, i) => i / 10),
    logWeight: new Array(100).fill(0),
  },
  objects: [
    { text: "ACGT", logReward: 1 },
    { text: "TTTT", logReward: "-inf", drawing: '<svg viewBox="0 0 1 1"><rect/></svg>' },
  ],
};

/** The report of folders under a root, every path told without it. */
export async function reportOf(
  paths: readonly string[],
  portrait: Portrait | null,
): Promise<Report> {
  const read = readFolders(Object.fromEntries(paths.map((path) => [path, [path]])));
  return await makeReport(read, "0.1.0", ({ runs }) => {
    const look: GroupFacts["look"] = portrait && { run: runs[0]!, step: 20, portrait };
    return Promise.resolve({ look, command: "gfn train --seed 0", notices: [] });
  });
}

/** Two objectives of two seeds. */
export const fourRuns: readonly Told[] = ["tb", "db"].flatMap((objective, i) =>
  [0, 1].map((seed) => ({ objective, seed, scale: 1 + i + 4 * seed }))
);
