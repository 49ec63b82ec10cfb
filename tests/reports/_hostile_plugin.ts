/**
 * A grid whose every word is markup: what a report makes of it must be text and pictures.
 */
import type { EnvironmentPlugin } from "../../mod.ts";

const MARKUP = `<script>document.title="got by"</script>"'><img src=x onerror=alert(1)>`;

export default {
  apiVersion: 1,
  name: "marked-up",
  summary: MARKUP,
  source: MARKUP,
  config: {
    word: { string: { maxLength: 200 }, default: MARKUP, help: MARKUP },
    side: { int: [2, 9], default: 4, help: "Cells." },
  },
  create({ side }) {
    const H = Number(side);
    return {
      stateWords: 1,
      forwardActions: 2,
      backwardActions: 1,
      stopAction: 1,
      maxTrajectory: H,
      observation: {
        kind: "categorical",
        sizes: [H],
        write: (states, at, out, outAt) => void (out[outAt] = states[at]!),
      },
      initial: (states, at) => void (states[at] = 0),
      step: (states, at) => void states[at]!++,
      unstep: (states, at) => void states[at]!--,
      forwardMask(states, at, mask, maskAt) {
        mask[maskAt] = states[at]! < H - 1 ? 1 : 0;
        mask[maskAt + 1] = 1;
      },
      backwardMask: (states, at, mask, maskAt) => void (mask[maskAt] = states[at]! > 0 ? 1 : 0),
      backwardOf: () => 0,
      forwardOf: () => 0,
      logReward(states, count, out) {
        for (let x = 0; x < count; x++) out[x] = states[x]!;
      },
      enumeration: {
        size: H,
        index: (states, at) => states[at]!,
        state: (index, states, at) => void (states[at] = index),
      },
      text: (states, at) => `${MARKUP} ${states[at]}`,
      drawing: (states, at) =>
        `<svg viewBox="0 0 9 9" onload="alert(1)">${MARKUP}<circle r="${
          states[at]! + 1
        }"/></svg>"><script>alert(2)</script>`,
    };
  },
} satisfies EnvironmentPlugin;
