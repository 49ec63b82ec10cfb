/**
 * The kernels of graphs as their definitions, one number at a time, as `_scalar_kernels.ts`.
 *
 * @module
 */
import { f32, i32 } from "../../tensor/heap.ts";
import type { GraphKernels } from "../../tensor/kernels/graph_kernels.ts";

const round = Math.fround;

/** Entries of a list of three words each. */
function entries(list: number, count: number): [number, number, number][] {
  return Array.from(
    { length: count },
    (_, i) => Array.from(i32(list + 12 * i, 3)) as [number, number, number],
  );
}

/** Rows of a matrix by their number. */
function rowsOf(matrix: number, width: number): (row: number) => Float32Array {
  return (row) => f32(matrix + 4 * width * row, width);
}

/** max(a + b + e, 0), the sum rounded after each term. */
function hiddenOf(a: Float32Array, b: Float32Array, e: Float32Array): number[] {
  return Array.from(a, (x, c) => Math.max(0, round(round(x + b[c]!) + e[c]!)));
}

/** The four kernels. */
export const scalarGraphKernels: GraphKernels = {
  messages(list, count, nodes, edges, width, out) {
    for (const [a, e, t] of entries(list, count)) {
      const row = rowsOf(out, width)(t), edge = rowsOf(edges, width)(e);
      rowsOf(nodes, width)(a).forEach((x, c) =>
        row[c] = round(row[c]! + Math.max(0, round(x + edge[c]!)))
      );
    }
  },
  messagesBackward(list, count, nodes, edges, width, dOut, dNodes, dEdges) {
    for (const [a, e, t] of entries(list, count)) {
      const x = rowsOf(nodes, width)(a), y = rowsOf(edges, width)(e);
      const dA = rowsOf(dNodes, width)(a), dE = rowsOf(dEdges, width)(e);
      rowsOf(dOut, width)(t).forEach((d, c) => {
        if (!(round(x[c]! + y[c]!) > 0)) return;
        dA[c] = round(dA[c]! + d);
        dE[c] = round(dE[c]! + d);
      });
    }
  },
  pairLogits(list, count, nodes, edges, width, weight, outputs, bias, _hidden, out) {
    const node = rowsOf(nodes, width), edge = rowsOf(edges, width), w = rowsOf(weight, width);
    const logits = rowsOf(out, outputs), b = f32(bias, outputs);
    entries(list, count).forEach(([i, j, e], pair) => {
      const hidden = hiddenOf(node(i), node(j), edge(e));
      for (let k = 0; k < outputs; k++) {
        // Two vectors of four sums take turns.
        const sums = new Float32Array(8);
        hidden.forEach((h, c) => sums[c % 8] = round(round(h * w(k)[c]!) + sums[c % 8]!));
        const [s0, s1, s2, s3] = [0, 1, 2, 3].map((c) => round(sums[c]! + sums[c + 4]!));
        logits(pair)[k] = round(round(round(s0! + s1!) + round(s2! + s3!)) + b[k]!);
      }
    });
  },
  pairLogitsBackward(
    ...[list, count, nodes, edges, width, weight, outputs, dOut, _hidden, ...gradients]
  ) {
    const [dNodes, dEdges, dWeight, dBias] = gradients;
    const node = rowsOf(nodes, width), edge = rowsOf(edges, width), w = rowsOf(weight, width);
    entries(list, count).forEach(([i, j, e], pair) => {
      const d = rowsOf(dOut, outputs)(pair);
      if (d.every((x) => x === 0)) return;
      const hidden = hiddenOf(node(i), node(j), edge(e)), dHidden = new Float32Array(width);
      d.forEach((g, k) => {
        const dW = rowsOf(dWeight, width)(k);
        f32(dBias, outputs)[k]! += g;
        hidden.forEach((h, c) => {
          dW[c] = round(round(g * h) + dW[c]!);
          dHidden[c] = round(round(g * w(k)[c]!) + dHidden[c]!);
        });
      });
      for (
        const to of [rowsOf(dNodes, width)(i), rowsOf(dNodes, width)(j), rowsOf(dEdges, width)(e)]
      ) {
        hidden.forEach((h, c) => to[c] = round(to[c]! + (h > 0 ? dHidden[c]! : 0)));
      }
    });
  },
};
