import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate, f32, i32, release } from "../../tensor/heap.ts";
import { instantiate, kernelBuild } from "../../tensor/kernels/kernels.ts";
import type { GraphKernels } from "../../tensor/kernels/graph_kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { scalarGraphKernels } from "./_scalar_graph_kernels.ts";

const strict = instantiate("strict"), fast = instantiate(kernelBuild);
const random = RandomStream.of(6, "graph kernels");
const count = fc.integer({ min: 0, max: 40 }), width = fc.constantFrom(8, 16, 40);
const ROWS = 9;

/** A list of `count` entries, rows of matrices of nine each. */
function randomList(count: number): Int32Array {
  return Int32Array.from({ length: 3 * count }, () => random.integer(ROWS));
}

/** Compares what each build leaves in blocks with what the scalar kernels do; a few numbers are 0. */
function compare(
  list: Int32Array,
  sizes: readonly number[],
  call: (run: GraphKernels, list: number, pointers: number[]) => void,
): void {
  const at = allocate(4 * list.length + 4), pointers = sizes.map((size) => allocate(4 * size));
  i32(at, list.length).set(list);
  const start = sizes.map((size) =>
    Float32Array.from({ length: size }, () => random.integer(4) === 0 ? 0 : random.normal())
  );
  const [scalar, exact, near] = [scalarGraphKernels, strict, fast].map((run) => {
    start.forEach((numbers, i) => f32(pointers[i]!, numbers.length).set(numbers));
    call(run, at, pointers);
    return pointers.flatMap((pointer, i) => Array.from(f32(pointer, sizes[i]!)));
  }) as [number[], number[], number[]];
  [at, ...pointers].forEach(release);
  scalar.forEach((x, i) => {
    assert.ok(exact[i] === x, `strict build: ${exact[i]}, want ${x}`);
    assert.ok(Math.abs(near[i]! - x) <= 1e-4 * Math.max(1, Math.abs(x)), `${near[i]}, want ${x}`);
  });
}

Deno.test("messages and their gradient have the scalar reference's bits", () => {
  fc.assert(fc.property(count, width, (count, D) => {
    const matrix = ROWS * D;
    compare(randomList(count), [matrix, matrix, matrix, matrix, matrix], (run, list, pointers) => {
      const [nodes, edges, out, dNodes, dEdges] = pointers as [
        number,
        number,
        number,
        number,
        number,
      ];
      run.messages(list, count, nodes, edges, D, out);
      run.messagesBackward(list, count, nodes, edges, D, out, dNodes, dEdges);
    });
  }));
});

Deno.test("logits of pairs and their gradient have the scalar reference's bits", () => {
  fc.assert(fc.property(count, width, fc.integer({ min: 1, max: 5 }), (count, D, K) => {
    const matrix = ROWS * D, scratch = allocate(8 * D);
    const sizes = [matrix, matrix, K * D, K, count * K, matrix, matrix, K * D, K];
    compare(randomList(count), sizes, (run, list, pointers) => {
      const [nodes, edges, weight, bias, dOut, ...gradients] = pointers as [
        ...[number, number, number, number, number, number, number, number, number],
      ];
      const job = [list, count, nodes, edges, D, weight, K] as const;
      run.pairLogitsBackward(...job, dOut, scratch, ...gradients);
      run.pairLogits(...job, bias, scratch, dOut);
    });
    release(scratch);
  }));
});
