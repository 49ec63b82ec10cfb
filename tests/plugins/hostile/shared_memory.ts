// Looks for memory that other threads see: the record of its calls, the engine's matrices.
function isShared(memory: unknown): boolean {
  return Object.prototype.toString.call(memory) === "[object SharedArrayBuffer]";
}

export default {
  apiVersion: 1,
  name: "shared-memory",
  summary: "looks at memory",
  source: "tests",
  config: { data: { file: "any bytes", default: null, help: "a data file" } },
  create(options: { data: Uint8Array }, tools: { fail(message: string): never }) {
    const makers = ["SharedArrayBuffer", "Atomics", "WebAssembly"].filter((x) => x in globalThis);
    const shared = options.data === null ? false : isShared(options.data.buffer);
    tools.fail(`found ${makers.length} makers, ${shared ? "SHARED" : "no shared"} memory`);
  },
};
