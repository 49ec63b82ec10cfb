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
import { train } from "../train/train.ts";
import { closeWorld } from "./_world.ts";
import { breather } from "./breather.ts";
import { HeapRecord } from "./heap_record.ts";
import { type HookAnswer, type Job, LONGEST_MESSAGE, type Saying, STOP } from "./protocol.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = scope.postMessage.bind(scope);
const say = (saying: Saying) => post(saying);

let stopped = false, started = false, failed = false;
/** What errors call the plugin. */
let name = "";
/** Who waits for the answers of a reward hook: one at a time, since training waits for its rewards. */
let waiting: (answers: ArrayLike<number>) => void = () => {};
scope.addEventListener("message", ({ data }) => {
  if (data === STOP) stopped = true;
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
  const { source } = job, look = HeapRecord.looker(source.heap);
  name = source.name;
  if (job.job === "train") await startEngine(job.config.engine, job.threads, 1);
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
  const pause = breather();
  const breathe = () => {
    look();
    return pause();
  };
  for await (const event of train({ environment, objective, config, breathe })) {
    say({ type: "event", event });
    if (stopped) break;
  }
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
