import assert from "node:assert/strict";
import { tf } from "../../tensor/backend.ts";
import { inUse, takePeak } from "../../tensor/heap.ts";
import { cases, gradientOf, network, normals, randomRows } from "./_transformers.ts";

// Blocks of memory come in sizes four to a doubling: up to 1.25 times what is asked for.
const SLACK = 1.25;

for (const [name, options] of Object.entries(cases)) {
  Deno.test(`a batch takes at most what its rows are said to take: ${name}`, () => {
    const wide = { ...options, width: 64, attentionHeads: 8, feedForward: 64 };
    const net = network(wide), rows = 200, input = randomRows(wide, rows);
    // Every state of trajectories that append, as a rollout has them.
    if (options.attention === "causal" && options.absent !== null) {
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < 5; f++) {
          input.values[5 * r + f] = f < r % 5 ? 1 + Math.floor(r / 5 / 3 ** f) % 3 : 0;
        }
      }
    }
    const coefficients = normals(rows * net.outputs), { row, weights } = net.memory;
    tf.tidy(() => void gradientOf(net, input, coefficients)); // whatever it keeps between calls
    const before = inUse();
    takePeak();
    tf.tidy(() => void gradientOf(net, input, coefficients));
    const taken = takePeak() - before;
    const most = SLACK * row * rows + 2 * weights + 2 ** 16;
    assert.ok(taken <= most, `${taken} bytes, want at most ${most}`);
    assert.ok(taken >= most / 4, `${taken} bytes, said to be ${most}`);
    net.dispose();
  });
}
