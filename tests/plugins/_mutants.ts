/**
 * Plugins that went wrong at random: one that keeps every law, with a few of its parts put out of order.
 *
 * @module
 */
import fc from "fast-check";
import { sha256Of } from "../../config/canonical.ts";
import type { LoadedSource } from "../../plugins/_host_source.ts";
import { parseReference } from "../../plugins/reference.ts";
import { brokenFolder } from "./_broken.ts";

/** One part out of order: code that is put behind the plugin's own. */
export type Mutation = string;

const sound = Deno.readTextFileSync(`${brokenFolder}keeps_all.ts`)
  .replace("export default {", "const plugin: any = {")
  .replace("} satisfies EnvironmentPlugin;", "};");

const functions = [
  ...["initial", "step", "unstep", "forwardMask", "backwardMask", "backwardOf", "forwardOf"],
  ...["logReward", "text", "drawing", "isMode", "partialLogReward", "logCopies"],
  ...["observation.write", "enumeration.index", "enumeration.state", "digraph.write"],
];
const counts = ["stateWords", "forwardActions", "backwardActions", "stopAction", "maxTrajectory"];
const facts = [
  ...counts,
  "observation.sizes",
  "observation.kind",
  "enumeration.size",
  "digraph.names",
];
const described = ["apiVersion", "name", "summary", "source", "config", "rewardHook", "create"];

/** Bodies of functions; `own` is the sound one, `n` counts calls. */
const bodies = [
  ...["throw new Error('no')", "throw undefined", "throw null", "throw Symbol('s')"],
  "throw new Proxy({}, { get() { throw new Error('do not look'); } })",
  ...[
    "return NaN",
    "return Infinity",
    "return -1",
    "return 2 ** 40",
    "return 0.5",
    "return undefined",
  ],
  ...[
    "return 'text'",
    "return {}",
    "return 10n",
    "return Promise.reject(own)",
    "return new Promise(() => {}) && 1",
  ],
  ...[
    "a.fill(9)",
    "a[at] = 2 ** 31",
    "a[at + 4] = 5",
    "a[0] = 1",
    "b?.fill?.(200)",
    "b?.fill?.(NaN)",
  ],
  ...["a.buffer.transfer()", "b?.buffer?.transfer?.()", "Object.freeze(own)", "a.length = 0"],
  "if (n % 2) return own(a, at, b, bt)",
  "if (n > 30) throw new Error('tired'); return own(a, at, b, bt)",
  "own(a, at, b, bt); if (b?.fill) b.fill(n % 3)",
  "const r = own(a, at, b, bt); a[at + 3] ^= n & 1; return r",
  "return n % 7 ? own(a, at, b, bt) : own(b, bt, a, at)",
  "return '\\u001b[2J\\n' + '{\"type\":\"eval\"}'",
  'throw new Error(\'\\u001b[2J\\n{"type":"eval"}\')',
  "throw new Error('x'.repeat(1e6))",
  "return 'x'.repeat(3e6)",
];

/** Values that are not what a field wants. */
const values = [
  ...[
    "undefined",
    "null",
    "true",
    "0",
    "-1",
    "1",
    "2",
    "7",
    "0.5",
    "NaN",
    "Infinity",
    "2 ** 20",
    "2 ** 53",
  ],
  ...[
    "'text'",
    "''",
    "'x'.repeat(1e6)",
    "'\\u001b[2J\\n'",
    "10n",
    "Symbol('s')",
    "() => {}",
    "[]",
    "{}",
  ],
  ...["[1, 2]", "[3, 3, 3, 3]", "[[[]]]", "new Array(2 ** 21).fill(1)", "circle"],
  "new Proxy({}, { get() { throw new Error('got'); }, ownKeys() { throw undefined; } })",
  "new Proxy([], { get(_, key) { return key === 'length' ? 2 ** 31 : 1; } })",
  "{ toJSON() { throw new Error('no JSON'); } }",
  "{ toJSON: () => ({ kind: 'dense', size: 3 }) }",
  "{ valueOf: () => 3, toString: () => 'three' }",
  'JSON.parse(\'{"__proto__": {"int": [0, 1], "default": 0, "help": "x"}}\')',
  "{ side: { int: [1, 9], default: 99, help: 'out of range' } }",
  "{ side: { list: { of: 'int', min: 9, max: 1, maxLength: 2 }, default: null, help: 'x' } }",
  "{ constructor: { string: { maxLength: 9 }, default: null, help: 'x' } }",
  "{ name: 'dock', help: 'asks outside' }",
  "new Date(NaN)",
];

const quoted = (text: string) => JSON.stringify(text);
const json = fc.json({ maxDepth: 3 }).map((text) => `JSON.parse(${quoted(text)})`);
const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, json);

/** A part out of order, at random. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.constantFrom(...functions), fc.constantFrom(...bodies)).map(([path, body]) =>
    `late((e) => { const own = at(e, "${path}"); let n = 0; ` +
    `put(e, "${path}", (a: any, at: any, b: any, bt: any) => { n++; ${body}; }); });`
  ),
  fc.tuple(fc.constantFrom(...functions, ...facts), value).map(([path, to]) =>
    `late((e) => put(e, "${path}", ${to}));`
  ),
  fc.constantFrom(...counts, "observation", "enumeration").map((key) =>
    `late((e) => Object.defineProperty(e, "${key}", { get() { throw new Error("got ${key}"); } }));`
  ),
  fc.tuple(fc.constantFrom(...described), value).map(([key, to]) =>
    `put(plugin, "${key}", ${to});`
  ),
  fc.constantFrom(...described).map((key) =>
    `Object.defineProperty(plugin, "${key}", { get() { throw { message: { toString: null } }; } });`
  ),
  fc.constantFrom("null", "1", "{}", "Promise.reject(1)", "new Promise((done) => done(own(o, t)))")
    .map(
      (to) => `{ const own = plugin.create; plugin.create = (o: any, t: any) => ${to}; }`,
    ),
);

/** The text of a plugin with parts out of order. */
function textOf(mutations: readonly Mutation[]): string {
  return `${sound}
const circle: any = {};
circle.circle = circle;
const at = (e: any, path: string) => path.split(".").reduce((thing, key) => thing?.[key], e);
function put(e: any, path: string, to: unknown): void {
  const keys = path.split("."), last = keys.pop()!;
  const owner = keys.length === 0 ? e : at(e, keys.join("."));
  if (Object(owner) === owner) owner[last] = to;
}
function late(change: (e: any) => void): void {
  const { create } = plugin;
  plugin.create = (options: any, tools: any) => {
    const e = create(options, tools);
    change(e);
    return e;
  };
}
${mutations.join("\n")}
export default plugin;
`;
}

/** The source of a plugin with parts out of order, as if it had been loaded. */
export async function mutant(mutations: readonly Mutation[]): Promise<LoadedSource> {
  const text = textOf(mutations), name = "mutant.ts";
  const sha256 = await sha256Of(new TextEncoder().encode(text));
  return { reference: parseReference(name), name, text, language: "typescript", sha256 };
}
