/**
 * The inner side of the sandbox: a worker without permissions that does one job with one plugin, the
 * training engine beside it, so that no message is needed for a step.
 *
 * @module
 */
/// <reference lib="webworker" />
import { checkEnvironment } from "../conformance/check.ts";
import { failure, GfnError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { openRealm } from "../plugins/_host_realm.ts";
import { CallRecord, calls } from "../plugins/call_record.ts";
import { plainText, readDescription } from "../plugins/description.ts";
import { foreignPlugin } from "../plugins/foreign.ts";
import { openEnvironment, PLAIN_REWARD } from "../plugins/open.ts";
import type { RewardHook } from "../plugins/reward_hook.ts";
import { startEngine } from "../tensor/engine.ts";
import type { Snapshot } from "../train/snapshot.ts";
import { train } from "../train/train.ts";
import { assess } from "../trained/assess.ts";
import { portray } from "../trained/portrait.ts";
import { sampleObjects } from "../trained/sample.ts";
import { openSampler, type SamplerSetup } from "../trained/trained_sampler.ts";
import { closeWorld } from "./_world.ts";
import { breather } from "./breather.ts";
import { heapLooker } from "./_heap_looker.ts";
import {
  type HookAnswer,
  type Job,
  LONGEST_MESSAGE,
  MORE,
  type Saying,
  STOP,
  UNTAKEN,
} from "./protocol.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = scope.postMessage.bind(scope);
const say = (saying: Saying) => post(saying);

let stopped = false, started = false, failed = false;
/** What errors call the plugin. */
let name = "";
/** Who waits for the answers of a reward hook: one at a time, since training waits for its rewards. */
let waiting: (answers: ArrayLike<number>) => void = () => {};
/** Who waits for what was said to be taken. */
let taken: () => void = () => {};
scope.addEventListener("message", ({ data }) => {
  if (data === STOP) stopped = true;
  else if (data === MORE) taken();
  else if (started) waiting((data as HookAnswer).answers);
  else {
    started = true;
    void work(data as Job).catch(sayFailure);
  }
});
scope.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  sayFailure(
    failure("E_PLUGIN_CALL", `Cannot go on with plugin ${name}: it left a rejected promise alone`),
  );
});

async function work(job: Job): Promise<void> {
  const { source } = job, look = heapLooker(source.heap);
  name = source.name;
  if (job.job === "train" || job.job === "answer") {
    await startEngine(job.config.engine, job.threads, 1);
  }
  closeWorld();
  const record = new CallRecord(new Int32Array(source.record));
  record.enter(calls.indexOf("loading"));
  const { bridge, description } = await openRealm(source);
  record.leave();
  if (job.job === "describe") return say({ type: "description", json: description });
  const plugin = foreignPlugin(bridge, readDescription(description, source.name), record);
  const hooks = Object.fromEntries(job.hooks.map((name) => [name, hookOutside(name)]));
  if (job.job === "check") {
    const now = () => performance.now();
    const open = () => openEnvironment(plugin, job.options, PLAIN_REWARD, hooks);
    const reports = await checkEnvironment(open, { seed: job.seed, now });
    return say({ type: "reports", reports });
  }
  const { config, files } = job, { name: _, ...options } = config.env;
  const environment = await openEnvironment(plugin, { ...options, ...files }, config.reward, hooks);
  const objective = objectives[config.objective.name]!;
  if (job.job === "answer") return await answer(job, { environment, objective, config }, look);
  const { from, keeps } = job;
  const pause = breather();
  const breathe = () => {
    look();
    return pause();
  };
  const events = train({
    ...{ environment, objective, config, from, breathe, stop: () => stopped },
    ...(keeps && {
      keep: (snapshot: Snapshot) => sayAndWait({ type: "snapshot", snapshot } as Saying),
    }),
  });
  let said = 0;
  for await (const event of events) {
    // Where nobody takes them, as behind a pipe that is full, events do not pile up.
    if (++said % UNTAKEN === 0) await sayAndWait({ type: "event", event });
    else say({ type: "event", event });
  }
}

/** Says something, and goes on when it was taken. */
async function sayAndWait(saying: Saying): Promise<void> {
  const isTaken = new Promise<void>((resolve) => taken = resolve);
  say(saying);
  await isTaken;
}

/** Answers a question about a trained sampler, no faster than the answers are taken. */
async function answer(
  { snapshot, parameters, question }: Extract<Job, { job: "answer" }>,
  made: Pick<SamplerSetup, "environment" | "objective" | "config">,
  look: () => void,
): Promise<void> {
  const sampler = await openSampler({ ...made, snapshot, parameters });
  if (question.ask === "assess") {
    return say({ type: "assessment", measures: await assess(sampler, question.request) });
  }
  if (question.ask === "portray") {
    return say({ type: "portrait", portrait: await portray(sampler, question.request) });
  }
  for await (const objects of sampleObjects(sampler, question.request)) {
    look();
    await sayAndWait({ type: "objects", objects });
  }
  say({ type: "done" });
}

/** A reward hook on the main side. */
function hookOutside(hook: string): RewardHook {
  return (objects) =>
    new Promise((resolve) => {
      waiting = resolve;
      say({ type: "ask", hook, objects: [...objects] });
    });
}

function sayFailure(error: unknown): void {
  if (failed) return; // once: a plugin can leave a million promises rejected
  failed = true;
  const known = error instanceof GfnError, said = known ? error.message : textOf(error);
  // Code that serves every environment does not know whose numbers it found wrong.
  const names = known && (said.includes(name) || said.includes('environment "'));
  const message = names ? said : `Cannot go on with plugin ${name}: ${said}`;
  say({
    type: "failed",
    code: known ? error.code : "E_SANDBOX",
    exitCode: known ? error.exitCode : 1,
    message: message.slice(0, LONGEST_MESSAGE),
  });
}

function textOf(error: unknown): string {
  try {
    return plainText(String((error as Error).stack ?? error));
  } catch {
    return "an error that cannot be read";
  }
}
