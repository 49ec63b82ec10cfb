// Has the host call functions of its own, and looks at what it calls them with.
let calls = 0, outside = 0;
function look(this: unknown, ...given: unknown[]): unknown {
  calls++;
  for (const thing of [this, ...given]) {
    const isThing = typeof thing === "object" ? thing !== null : typeof thing === "function";
    if (isThing && !(thing instanceof Object)) outside++;
  }
  return "looked";
}

export default {
  apiVersion: { toJSON: (...given: unknown[]) => (look(...given), 1) },
  name: "outer-callbacks",
  get summary() {
    return look.call(this);
  },
  source: "tests",
  config: new Proxy({}, { get: look, has: look as () => boolean, ownKeys: () => (look(), []) }),
  create() {
    return {
      get observation() {
        throw new Error(`${calls > 3 ? "looked" : calls}, ${outside} things of another realm`);
      },
      ...{ initial: look, step: look, unstep: look, forwardMask: look, backwardMask: look },
      ...{ backwardOf: look, forwardOf: look, logReward: look },
    };
  },
};
