/**
 * What a foreign environment declares of itself, checked: it comes as a text from its realm.
 *
 * @module
 */
import { z } from "zod";
import { failure } from "../errors.ts";
import type { Bridge } from "./_host_realm.ts";
import { plainText } from "./description.ts";

/** Largest counts that a foreign environment may declare: beyond them no network would fit anyway. */
const MOST = {
  words: 2 ** 20,
  actions: 2 ** 20,
  trajectory: 2 ** 24,
  fingerprint: 2 ** 12,
  nodes: 256,
};
const count = (most: number) => z.int().min(1).max(most);
const perThing = z.int().min(0).max(MOST.actions);
const actionLayout = z.object({ perGraph: perThing, perNode: perThing, perPair: perThing });
const facts = z.object({
  stateWords: count(MOST.words),
  forwardActions: count(MOST.actions),
  backwardActions: count(MOST.actions),
  stopAction: z.int().min(0).nullable(),
  maxTrajectory: count(MOST.trajectory),
  observation: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("categorical"), sizes: z.array(count(MOST.words)).min(1) }),
    z.object({
      kind: z.literal("tokens"),
      length: count(MOST.words),
      vocabulary: count(MOST.words),
    }),
    z.object({
      kind: z.literal("graph"),
      nodes: count(4096),
      nodeTypes: count(4096),
      edgeTypes: count(4096),
      directed: z.boolean(),
      reversed: z.array(z.int().min(0).max(4095)).optional(),
      layout: actionLayout,
      backwardLayout: actionLayout.optional(),
    }),
    z.object({ kind: z.literal("dense"), size: count(MOST.words) }),
  ]),
  enumeration: z.int().min(1).max(2 ** 53).nullable(),
  fingerprint: z.object({
    words: count(MOST.fingerprint),
    apart: z.number().min(0).max(1).nullable(),
  }).nullable(),
  digraph: z.object({
    names: z.array(z.string().min(1).max(100)).min(1).max(MOST.nodes),
  }).nullable(),
  abilities: z.array(
    z.enum(["partialLogReward", "logCopies", "isMode", "modesOf", "text", "drawing"]),
  ),
});

/** What is declared. */
export type Facts = z.infer<typeof facts>;

/**
 * Reads what an environment declares.
 *
 * @throws {GfnError} `E_ENV_SHAPE`
 */
export function readFacts(json: string | undefined, bridge: Bridge, name: string): Facts {
  if (typeof json !== "string") {
    throw failure(
      "E_ENV_SHAPE",
      `Cannot open environment "${name}": ${plainText(bridge.problem())}`,
    );
  }
  const parsed = facts.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failure(
    "E_ENV_SHAPE",
    `Cannot open environment "${name}": ${
      plainText(path.map(String).join("."))
    } is not as the contract wants it: ${plainText(message)}`,
  );
}
