/**
 * Killing runs at random instants and going on with them, until they are done.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { RandomStream } from "../../tensor/random.ts";
import { decodeCheckpoint } from "../../store/checkpoint.ts";
import { comparableEvents, spawnGfn } from "../cli/_command.ts";

/** What is run: arguments of `gfn train`, and the permissions it takes beside those of its folder. */
export interface Subject {
  name: string;
  args: readonly string[];
  permissions: readonly string[];
}

const root = new URL("../../", import.meta.url).pathname;
const common = [
  ...["--steps", "120", "--set", "checkpoint.every=5", "--set", "log.every=1"],
  ...["--set", "eval.every=25", "--set", "policy.hidden=[32,32]", "--quiet"],
];
const grid = ["--set", "env.side=8"];

/** Objectives of every kind, replay and schedules, and a plugin in its sandbox. */
export const subjects: readonly Subject[] = [
  { name: "ent-ppo", args: grid, permissions: [] },
  {
    name: "tb, replay, exploration",
    args: [
      ...[...grid, "--set", "objective=tb", "--set", "replay.capacity=200"],
      ...["--set", "replay.priority=loss", "--set", "explore.epsilon=0.3"],
      ...["--set", "explore.epsilonEnd=0", "--set", "policy.schedule=cosine"],
    ],
    permissions: [],
  },
  {
    name: "subtb, average, learned P_B",
    args: [
      ...[...grid, "--set", "objective=subtb", "--set", "ema.decay=0.9"],
      ...["--set", "backward=learned"],
    ],
    permissions: [],
  },
  {
    name: "soft-dqn, local search",
    args: [...grid, "--set", "objective=soft-dqn", "--set", "localSearch.rounds=1"],
    permissions: [],
  },
  {
    name: "db on a plugin, in the sandbox",
    args: [`${root}examples/plugins/ring.ts`, "--set", "objective=db"],
    permissions: [root],
  },
];

/** What was counted. */
export interface Counts {
  kills: number;
  resumes: number;
  /** Finished runs that differ from the unbroken one. */
  mismatches: number;
  /** Lines of the unbroken run that are not there. */
  lost: number;
  /** Lines that were cut off by a kill, which going on repaired. */
  cut: number;
  /** Lines still cut off in a finished run. */
  torn: number;
}

function linesIn(folder: string): string[] {
  return Deno.readTextFileSync(`${folder}/metrics.jsonl`).split("\n");
}

async function lastState(folder: string): Promise<unknown> {
  const names = Array.from(Deno.readDirSync(`${folder}/checkpoints`), ({ name }) => name);
  const bytes = Deno.readFileSync(`${folder}/checkpoints/${names.toSorted().at(-1)}`);
  return (await decodeCheckpoint(bytes, "the last checkpoint")).snapshot;
}

/** A run that nobody kills, and how long it took. */
export async function unbroken(subject: Subject, folder: string): Promise<{ ms: number }> {
  const started = performance.now();
  const child = spawnGfn(
    ["train", ...subject.args, ...common, "--out", folder],
    allowed(subject, folder),
  );
  const { code, stderr } = await child.output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return { ms: performance.now() - started };
}

function allowed({ permissions }: Subject, folder: string): string[] {
  return [`--allow-read=${[folder, ...permissions].join(",")}`, `--allow-write=${folder}`];
}

/**
 * Kills a run again and again, at instants spread over the time that a whole one takes, more of them early,
 * where folders are made and taken up; goes on with it each time until it is finished; begins another until there were enough kills.
 */
export async function chaos(
  subject: Subject,
  { whole, ms, folder, kills, random }: {
    whole: string;
    ms: number;
    folder: string;
    kills: number;
    random: RandomStream;
  },
): Promise<Counts> {
  const counts = { kills: 0, resumes: 0, mismatches: 0, lost: 0, cut: 0, torn: 0 };
  for (let run = 0; counts.kills < kills; run++) {
    const own = `${folder}/${run}`;
    for (let begun = false;;) {
      const begin = ["train", ...subject.args, ...common, "--out", own];
      const args = begun ? ["train", "--resume", own, "--quiet"] : begin;
      const child = spawnGfn(args, allowed(subject, own));
      const kill = counts.kills < kills
        ? setTimeout(() => child.kill("SIGKILL"), ms * (0.05 + 1.1 * random.uniform() ** 2))
        : undefined;
      const { success, signal, stderr } = await child.output();
      clearTimeout(kill);
      if (begun) counts.resumes++;
      if (success) break;
      if (signal !== "SIGKILL") throw new Error(new TextDecoder().decode(stderr));
      counts.kills++;
      // Killed before run.json was there, nothing was begun.
      begun = exists(`${own}/run.json`);
      if (begun && exists(`${own}/metrics.jsonl`) && linesIn(own).at(-1) !== "") counts.cut++;
    }
    const found = linesIn(own), wanted = linesIn(whole);
    if (found.pop() !== "") counts.torn++;
    wanted.pop();
    counts.lost += Math.max(0, wanted.length - found.length);
    try {
      const [events, all] = [own, whole].map((path) => comparableEvents(`${path}/metrics.jsonl`));
      deepStrictEqual(events, all);
      deepStrictEqual(await lastState(own), await lastState(whole));
    } catch {
      counts.mismatches++;
    }
    Deno.removeSync(own, { recursive: true });
  }
  return counts;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
