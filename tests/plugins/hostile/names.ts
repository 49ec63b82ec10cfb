// Looks for names that lead out of the realm.
const wanted = [
  ...["Deno", "process", "require", "module", "Worker", "console", "WebAssembly", "fetch", "self"],
  ...["SharedArrayBuffer", "Atomics", "postMessage", "setTimeout", "window", "global", "Buffer"],
  ...["navigator", "location", "crypto", "performance", "alert", "prompt", "XMLHttpRequest"],
  ...["WebSocket", "EventSource", "BroadcastChannel", "MessageChannel", "structuredClone"],
  ...[
    "queueMicrotask",
    "FinalizationRegistry",
    "ShadowRealm",
    "caches",
    "localStorage",
    "importScripts",
  ],
];
const found = wanted.filter((name) => name in globalThis);

export default {
  apiVersion: 1,
  name: "names",
  summary: found.length === 0 ? "found nothing" : `FOUND ${found.join(" ")}`,
  source: "tests",
  config: {},
  create() {},
};
