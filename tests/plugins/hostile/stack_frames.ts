// Hooks the stack trace, whose frames hold functions of the host.
const outside: string[] = [];
const hook = (_error: unknown, frames: { getFunction(): unknown; getThis(): unknown }[]) => {
  for (const frame of frames) {
    for (const thing of [frame, frame.getFunction(), frame.getThis()]) {
      if (thing && !(thing instanceof Object)) outside.push(typeof thing);
    }
  }
  return "";
};
try {
  Object.defineProperty(Error, "prepareStackTrace", { value: hook });
} catch { /* refused */ }
try {
  (Error as unknown as { prepareStackTrace: unknown }).prepareStackTrace = hook;
} catch { /* refused */ }
try {
  class Mine extends Error {
    static override prepareStackTrace = hook;
  }
  Object.defineProperty(globalThis, "Error", { value: Mine });
} catch { /* refused */ }
String(new Error("x").stack);
try {
  (null as unknown as { x: number }).x;
} catch (error) {
  String((error as Error).stack);
}

export default {
  apiVersion: 1,
  name: "stack-frames",
  summary: outside.length === 0 ? "saw no frame" : `SAW ${outside.join(" ")}`,
  source: "tests",
  config: {},
  create() {},
};
