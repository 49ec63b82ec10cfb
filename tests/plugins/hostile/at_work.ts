// Does one thing that it should not, while it is trained on: a walk of four steps to one of 16 bit strings.
const config = {
  how: {
    enum: [
      "behave",
      "hang in step",
      "hang in a promise",
      "allocate objects",
      "throw in forwardMask",
      "throw nothing",
      "follow what it is handed",
      "change what it is handed",
      "take its arrays away",
      "fake a promise",
      "reward not a number",
      "answer a text",
    ],
    default: "behave",
    help: "what it does",
  },
};

let handed = 0;
const hoard: unknown[] = [];
function look(...things: unknown[]): void {
  for (const thing of things) {
    if (thing instanceof Object) continue;
    if (typeof thing === "object" || typeof thing === "function") handed++;
  }
}

export default {
  apiVersion: 1,
  name: "at-work",
  summary: "misbehaves as it is told",
  source: "tests",
  config,
  create({ how }: { how: string }, tools: { fail(message: string): never }) {
    if (how === "follow what it is handed") look(tools, tools.fail, tools.constructor);
    const kept: Int32Array[] = [];
    return {
      stateWords: 5,
      forwardActions: 2,
      backwardActions: 1,
      stopAction: null,
      maxTrajectory: 4,
      observation: {
        kind: "categorical",
        sizes: [3, 3, 3, 3],
        write(states: Int32Array, at: number, out: Int32Array, outAt: number) {
          if (how === "follow what it is handed") look(states, out, states.buffer, out.buffer);
          for (let i = 0; i < 4; i++) {
            out[outAt + i] = i < states[at + 4]! ? 1 + states[at + i]! : 0;
          }
        },
      },
      initial(states: Int32Array, at: number) {
        states.fill(0, at, at + 5);
      },
      step(states: Int32Array, at: number, action: number) {
        if (how === "hang in step" && states[at + 4] === 2) { for (;;); }
        if (how === "allocate objects") {
          for (let i = 0;; i++) {
            hoard.push({ a: i, b: { c: 0.5 } });
          }
        }
        states[at + states[at + 4]!] = action;
        states[at + 4]!++;
        kept[0] = states;
      },
      unstep(states: Int32Array, at: number) {
        states[at + 4]!--;
        states[at + states[at + 4]!] = 0;
      },
      forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number) {
        if (how === "throw in forwardMask") throw new Error("no mask\n\u001b[31mtoday");
        if (how === "throw nothing") throw undefined;
        if (states[at + 4]! < 4) mask.fill(1, maskAt, maskAt + 2);
        if (how === "change what it is handed") states.fill(9);
        if (how === "take its arrays away") (states.buffer as ArrayBuffer).transfer();
      },
      backwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number) {
        mask[maskAt] = states[at + 4] === 0 ? 0 : 1;
      },
      backwardOf: () => how === "answer a text" ? "0" : 0,
      forwardOf: (states: Int32Array, at: number) => states[at + states[at + 4]! - 1]!,
      logReward(states: Int32Array, count: number, out: Float64Array) {
        for (let x = 0; x < count; x++) {
          let value = 0;
          for (let i = 0; i < 4; i++) value = 2 * value + states[5 * x + i]!;
          out[x] = how === "reward not a number" ? NaN : Math.log(1 + value);
          if (handed > 0) throw new Error(`WAS HANDED ${handed} objects of the host`);
        }
        if (how === "hang in a promise") return new Promise(() => {});
        if (how === "fake a promise") {
          return {
            then(resolve: (value: unknown) => void) {
              look(resolve);
              if (handed > 0) throw new Error("WAS HANDED the host's resolve");
              resolve(0);
            },
          };
        }
      },
    };
  },
};
