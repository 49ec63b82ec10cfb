/**
 * What a foreign plugin says about itself, checked before anybody reads it: plain data within bounds, and
 * texts that a terminal or a JSON line cannot be fooled by.
 *
 * @module
 */
import { z } from "zod";
import type { OptionSpecs } from "../config/options.ts";
import { failure } from "../errors.ts";
import { API_VERSION, type RewardHookSpec } from "./contract.ts";

/** Longest text of a plugin that is printed. */
const LONGEST = 300;

/** Longest description that is taken, in characters of JSON. */
export const LONGEST_DESCRIPTION = 2 ** 20;

/** A foreign text on one line: control and invisible formatting characters become spaces, length is bounded. */
export function plainText(text: string, longest = LONGEST): string {
  const plain = text.slice(0, 4 * longest).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ")
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
}

const oneLine = z.string().min(1).max(LONGEST)
  .refine((text) => plainText(text) === text, "one line of printable characters");
const finite = z.number();
const range = (of: z.ZodType<number>) => z.tuple([of, of]).refine(([a, b]) => a <= b, "min <= max");
const described = { help: oneLine, unit: oneLine.optional() };

const optionSpec = z.union([
  z.strictObject({ int: range(z.int()), default: z.int().nullable(), ...described }),
  z.strictObject({ number: range(finite), default: finite.nullable(), ...described }),
  z.strictObject({ boolean: z.literal(true), default: z.boolean().nullable(), ...described }),
  z.strictObject({
    enum: z.array(oneLine).min(1).max(100),
    default: oneLine.nullable(),
    ...described,
  }),
  z.strictObject({
    string: z.strictObject({ maxLength: z.int().min(1).max(1e6) }),
    default: z.string().max(1e6).nullable(),
    ...described,
  }),
  z.strictObject({
    list: z.strictObject({
      of: z.enum(["int", "number"]),
      min: finite,
      max: finite,
      maxLength: z.int().min(1).max(1e6),
    }),
    default: z.array(finite).nullable(),
    ...described,
  }),
  z.strictObject({ file: oneLine, default: z.null(), ...described }),
]);

const shortName = z.string().regex(
  /^[a-z][a-z0-9-]{0,39}$/,
  "lower-case letters, digits and dashes, at most 40",
);

const description = z.strictObject({
  apiVersion: z.int(),
  name: shortName,
  summary: oneLine,
  source: oneLine,
  config: z.record(
    z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/, "a name of letters and digits, at most 40")
      .refine((key) => key !== "name", 'another name than "name"'),
    optionSpec,
  ),
  rewardHook: z.strictObject({ name: shortName, help: oneLine }).optional(),
});

/** A plugin's own words. */
export interface PluginDescription {
  apiVersion: number;
  name: string;
  summary: string;
  source: string;
  config: OptionSpecs;
  /** The function outside that its reward asks. */
  rewardHook?: RewardHookSpec;
}

/**
 * Reads the JSON that a plugin gave about itself.
 *
 * @param from what it was loaded from
 * @throws {GfnError} `E_PLUGIN_SHAPE` with the key that is wrong, `E_ENV_API` for another contract
 */
export function readDescription(json: string, from: string): PluginDescription {
  let found: unknown;
  try {
    found = JSON.parse(json);
  } catch {
    found = undefined;
  }
  const version = (found as { apiVersion?: unknown } | undefined)?.apiVersion;
  if (Number.isInteger(version) && version !== API_VERSION) {
    const newer = Number(version) > API_VERSION;
    throw failure(
      "E_ENV_API",
      `Cannot load plugin ${from}: it is written for version ${version} of the contract, this gfn has version ${API_VERSION}, want ${
        newer ? "a newer gfn" : "a newer version of the plugin"
      }`,
    );
  }
  const parsed = description.safeParse(found);
  if (parsed.success) return parsed.data as PluginDescription;
  const { path, message } = parsed.error.issues[0]!;
  const key = plainText(path.map(String).join(".")) || "its default export";
  throw failure(
    "E_PLUGIN_SHAPE",
    `Cannot load plugin ${from}: ${key} is not as the contract wants it: ${plainText(message)}`,
  );
}
