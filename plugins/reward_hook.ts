/**
 * Rewards that need something outside: a docking program, a service, a person. The plugin declares the
 * hook by name and never calls out; the program that embeds the host gives the function, and keeps the
 * permissions that it takes.
 *
 * @module
 */
import { failure, GfnError, usageError } from "../errors.ts";
import type { Environment, EnvironmentPlugin } from "./contract.ts";

/** Gives a finite number for each object, in their order. Objects are shown by the environment's `text`. */
export type RewardHook = (
  objects: readonly string[],
) => ArrayLike<number> | Promise<ArrayLike<number>>;

/** Hooks by name. */
export type RewardHooks = Readonly<Record<string, RewardHook>>;

/**
 * The hook that a plugin asks for, or null where it asks for none.
 *
 * @throws {GfnError} `E_HOOK` when it is not among those given
 */
export function hookFor(
  { name, rewardHook }: Pick<EnvironmentPlugin, "name" | "rewardHook">,
  hooks: RewardHooks,
): RewardHook | null {
  if (!rewardHook) return null;
  if (Object.hasOwn(hooks, rewardHook.name)) return hooks[rewardHook.name]!;
  const given = Object.keys(hooks);
  throw usageError(
    "E_HOOK",
    `Cannot open environment "${name}": its reward asks the hook "${rewardHook.name}" (${rewardHook.help}), found ${
      given.length === 0 ? "none" : given.join(", ")
    }, want a program that embeds gfn and gives it (docs/writing-an-environment.md)`,
  );
}

/**
 * Asks a hook.
 *
 * @returns a number for each object
 * @throws {GfnError} `E_HOOK` when the hook fails, or gives not one finite number each
 */
export async function askHook(
  name: string,
  hook: RewardHook,
  objects: readonly string[],
): Promise<Float64Array> {
  const problem = (found: string, cause?: unknown) =>
    failure("E_HOOK", `Cannot go on with the reward hook "${name}": ${found}`, { cause });
  let answers: Float64Array;
  try {
    answers = Float64Array.from(await hook(objects));
  } catch (error) {
    if (error instanceof GfnError) throw error;
    throw problem(error instanceof Error ? error.message : String(error), error);
  }
  const { length } = objects;
  if (answers.length !== length) {
    throw problem(`found ${answers.length} numbers for ${length} objects, want one each`);
  }
  const odd = answers.findIndex((answer) => !Number.isFinite(answer));
  if (odd < 0) return answers;
  throw problem(`found ${answers[odd]} for ${objects[odd]}, want a finite number`);
}

/** An environment whose reward asks the hook before it is called. */
export function withAnswers(
  environment: Environment,
  name: string,
  hook: RewardHook,
): Environment {
  const { stateWords } = environment, text = environment.text!.bind(environment);
  async function logReward(states: Int32Array, count: number, out: Float64Array): Promise<void> {
    const objects = Array.from({ length: count }, (_, x) => text(states, x * stateWords));
    await environment.logReward(states, count, out, await askHook(name, hook, objects));
  }
  return Object.create(environment, { logReward: { value: logReward, enumerable: true } });
}
