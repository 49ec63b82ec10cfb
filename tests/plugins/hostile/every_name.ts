// Counts the names around it that are not the language's own.
const language = new Set(
  ("globalThis Infinity NaN undefined eval isFinite isNaN parseFloat parseInt decodeURI " +
    "decodeURIComponent encodeURI encodeURIComponent escape unescape AggregateError Array ArrayBuffer " +
    "AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView Date DisposableStack " +
    "Error EvalError Float16Array Float32Array Float64Array Function Int8Array Int16Array Int32Array " +
    "Intl Iterator JSON Map Math Number Object Promise Proxy RangeError ReferenceError Reflect RegExp " +
    "Set String SuppressedError Symbol SyntaxError Temporal TypeError URIError Uint8Array " +
    "Uint8ClampedArray Uint16Array Uint32Array WeakMap WeakRef WeakSet").split(" "),
);
const names: string[] = [];
for (let at: object | null = globalThis; at !== null; at = Object.getPrototypeOf(at)) {
  names.push(...Reflect.ownKeys(at).map(String));
}
const others = names.filter((name) => !language.has(name) && name !== "Symbol(Symbol.toStringTag)");

export default {
  apiVersion: 1,
  name: "every-name",
  summary: others.length === 0 ? "the language alone" : `FOUND ${others.join(" ")}`,
  source: "tests",
  config: {},
  create() {},
};
