/**
 * Settings as a tree of plain values: read from a file, then changed key by key.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** Settings that were not checked yet. */
export type SettingsTree = { [key: string]: unknown };

/**
 * A tree with one setting changed, as `--set env.side=20` says it. The value is read as JSON where it
 * is JSON (20, true, [64,64], null) and as text otherwise.
 *
 * @throws {GfnError} `E_SET` when the text is not KEY=VALUE or the key runs through a value
 */
export function applyOverride(tree: SettingsTree, override: string): SettingsTree {
  const match = /^([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)=(.*)$/s.exec(override);
  if (match === null) {
    throw usageError("E_SET", `Cannot use --set "${override}": want KEY=VALUE, as in env.side=20`);
  }
  return withValue(tree, match[1]!.split("."), readValue(match[2]!), override);
}

/**
 * The tree in the text of a config file.
 *
 * @param name of the file, for errors
 * @throws {GfnError} `E_CONFIG_JSON` when it is no JSON object
 */
export function parseSettings(text: string, name: string): SettingsTree {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageError(
      "E_CONFIG_JSON",
      `Cannot read config file ${name}: it is not JSON (${
        (error as Error).message
      }), want a JSON object of settings`,
    );
  }
  if (!isTree(value)) {
    throw usageError(
      "E_CONFIG_JSON",
      `Cannot read config file ${name}: found ${
        JSON.stringify(value)?.slice(0, 40)
      }, want a JSON object of settings`,
    );
  }
  const { $schema: _editorHint, ...settings } = value;
  return settings;
}

function withValue(
  tree: SettingsTree,
  path: readonly string[],
  value: unknown,
  override: string,
): SettingsTree {
  const [key, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = Object.hasOwn(tree, key) ? tree[key] : {};
  if (!isTree(inner)) {
    throw usageError(
      "E_SET",
      `Cannot use --set "${override}": ${key} is the value ${
        JSON.stringify(inner)
      }, which holds no keys`,
    );
  }
  return { ...tree, [key]: withValue(inner, rest, value, override) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether a value is a tree and not a leaf. */
export function isTree(value: unknown): value is SettingsTree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Two trees in one: where both have a value, that of the second; where both have a tree, both in one. */
export function mergeTrees(a: SettingsTree, b: SettingsTree): SettingsTree {
  const out: SettingsTree = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = out[key];
    out[key] = isTree(value) && isTree(before) ? mergeTrees(before, value) : value;
  }
  return out;
}
