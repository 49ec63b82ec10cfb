import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate, f32, f64, i32, release, u8 } from "../../tensor/heap.ts";
import { instantiate, kernelBuild, type Kernels, kernels } from "../../tensor/kernels/kernels.ts";
import {
  ATTENTION_PARTS,
  attentionScratch,
  NO_BIAS,
} from "../../tensor/kernels/sequence_kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { startThreads } from "../../tensor/threads.ts";
import { scalarExp, scalarTransformerKernels } from "./_scalar_transformer_kernels.ts";

type TransformerKernels = typeof scalarTransformerKernels;

const strict = instantiate("strict"), fast = instantiate(kernelBuild);
const random = RandomStream.of(4, "transformer kernels");
const settings = { seed: 20261125, numRuns: 40 };

/** Runs with blocks of random numbers that are given back. */
function withBlocks(sizes: readonly number[], use: (pointers: number[]) => void): void {
  const pointers = sizes.map((size) => {
    const pointer = allocate(4 * size), data = f32(pointer, size);
    data.forEach((_, i) => data[i] = 2 * random.uniform() - 1);
    return pointer;
  });
  try {
    use(pointers);
  } finally {
    pointers.forEach(release);
  }
}

/** Compares what each build leaves in blocks `outputs` with what the scalar kernels do. */
function compare(
  sizes: readonly number[],
  outputs: readonly number[],
  call: (run: TransformerKernels, pointers: number[]) => void,
  tolerance: number,
): void {
  withBlocks(sizes, (pointers) => {
    const data = outputs.map((o) => f32(pointers[o]!, sizes[o]!));
    const before = data.map((one) => one.slice());
    const [scalar, exact, near] = [scalarTransformerKernels, strict, fast].map((run) => {
      data.forEach((one, i) => one.set(before[i]!));
      call(run, pointers);
      return data.map((one) => one.slice());
    }) as [Float32Array[], Float32Array[], Float32Array[]];
    assert.deepEqual(exact, scalar, "strict build");
    scalar.forEach((one, o) =>
      one.forEach((x, i) => {
        const difference = x === near[o]![i]! ? 0 : Math.abs(x - near[o]![i]!);
        assert.ok(difference <= tolerance * Math.max(1, Math.abs(x)), `differs by ${difference}`);
      })
    );
  });
}

/** Sequences by their lengths: one after the other, or all beginning with the tokens of the longest. */
function sequences(lengths: readonly number[], causal: 0 | 1) {
  const groups: number[] = [], index: number[] = [];
  let tokens = 0, begun = 0;
  for (const n of lengths) {
    // Half of the tokens of the sequence before are the beginning of the next, if it is as long.
    const shared = causal ? Math.min(begun, n - 1) : 0,
      before = index.slice(-begun || index.length);
    groups.push(index.length, n, shared);
    for (let i = 0; i < n; i++) index.push(i < shared ? before[i]! : tokens++);
    begun = n;
  }
  return { groups, index, tokens };
}

const lengths = fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 1, maxLength: 9 });
const causal = fc.constantFrom(0 as const, 1 as const);
const sizes = fc.constantFrom([1, 4], [2, 8], [3, 8], [2, 12], [1, 24]);

/** Runs attention and then its gradient. */
function attend(
  run: Pick<Kernels, "attention" | "attentionBackward">,
  pointers: readonly number[],
  { groups, index }: ReturnType<typeof sequences>,
  [heads, size]: readonly [number, number],
  causal: 0 | 1,
  biased = false,
): void {
  const [qkv, atGroups, atIndex, scratch, out, stats, dOut, dqkv, bias, places, dBias] =
    pointers as number[];
  const bytes = attentionScratch(21, size);
  i32(atGroups!, groups.length).set(groups);
  i32(atIndex!, index.length).set(index);
  const job = [qkv!, heads, size, atGroups!, groups.length / 3, atIndex!, causal] as const;
  if (biased) {
    let pairs = 0;
    const first = i32(places!, groups.length / 3);
    for (let g = 0; g < first.length; pairs += groups[3 * g++ + 1]! ** 2) first[g] = pairs;
  }
  const biases: readonly [number, number, number] = biased ? [bias!, 32, places!] : NO_BIAS;
  run.attention(...job, scratch!, bytes, out!, stats!, ...biases);
  run.attentionBackward(...job, scratch!, bytes, stats!, dOut!, dqkv!, ...biases, dBias!);
}

function attentionBlocks(
  { groups, index, tokens }: ReturnType<typeof sequences>,
  [heads, size]: readonly [number, number],
): number[] {
  const pairs = groups.reduce((sum, n, i) => i % 3 === 1 ? sum + n * n : sum, 0);
  const D = heads * size, scratch = ATTENTION_PARTS * attentionScratch(21, size) / 4;
  return [
    ...[3 * D * tokens, groups.length, index.length, scratch],
    ...[D * tokens, 2 * heads * tokens, D * tokens, 3 * D * tokens],
    // Summands of the scores of any two tokens of a group, eight numbers each, and where a group's begin.
    ...[8 * pairs, groups.length / 3, 8 * pairs],
  ];
}

Deno.test("attention and its gradient have the scalar reference's bits", () => {
  fc.assert(
    fc.property(lengths, causal, sizes, (lengths, causal, shape) => {
      const all = sequences(lengths, causal), heads = shape as [number, number];
      compare(
        attentionBlocks(all, heads),
        [4, 5, 7],
        (run, pointers) => attend(run, pointers, all, heads, causal),
        1e-5,
      );
    }),
    settings,
  );
});

Deno.test("attention with summands of its scores, and its gradient, have the scalar reference's bits", () => {
  fc.assert(
    fc.property(lengths, sizes, (lengths, shape) => {
      const all = sequences(lengths, 0), heads = shape as [number, number];
      compare(
        attentionBlocks(all, heads),
        [4, 5, 7, 10],
        (run, pointers) => attend(run, pointers, all, heads, 0, true),
        1e-5,
      );
    }),
    settings,
  );
});

for (const count of [2, 3]) {
  Deno.test(`attention of ${count} threads has the bits of one`, async () => {
    const threads = await startThreads(count);
    try {
      for (const [causal, biased] of [[0, false], [1, false], [0, true]] as const) {
        const lengths = Array.from({ length: 300 }, () => 1 + random.integer(21));
        const all = sequences(lengths, causal), heads = [8, 8] as const;
        withBlocks(attentionBlocks(all, heads), (pointers) => {
          const results = [fast, kernels].map((run) => {
            f32(pointers[7]!, 192 * all.tokens).fill(0);
            attend(run, pointers, all, heads, causal, biased);
            return (biased ? [4, 5, 7, 10] : [4, 5, 7]).map((o) =>
              f32(pointers[o]!, attentionBlocks(all, heads)[o]!).slice()
            );
          });
          assert.deepEqual(results[1], results[0]);
        });
      }
    } finally {
      threads.stop();
    }
  });
}

Deno.test("layer norms of sums and their gradients have the scalar reference's bits", () => {
  const rows = fc.integer({ min: 0, max: 40 }), panels = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(rows, panels, fc.boolean(), (R, panels, both) => {
      const W = 8 * panels, N = R * W;
      compare([N, N, W, W, N, R, N], [4, 5, 6], (run, pointers) => {
        const [x, b, gain, bias, normal, inverse, y] = pointers as [
          ...[number, number, number, number, number, number, number],
        ];
        run.addNorm(x, b, R, W, gain, bias, 1e-5, normal, inverse, y);
      }, 1e-5);
      compare([N, N, W, N, R, N, W, W], [5, 6, 7], (run, pointers) => {
        const [dy, more, gain, normal, inverse, d, dGain, dBias] = pointers as [
          ...[number, number, number, number, number, number, number, number],
        ];
        run.addNormBackward(
          ...[dy, both ? more : 0, R, W, gain, normal, inverse, d, dGain, dBias] as const,
        );
      }, 1e-5);
    }),
    settings,
  );
});

Deno.test("means of rows and their gradients have the scalar reference's bits", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 9 }), (counts, quads) => {
      const W = 4 * quads, T = 10, G = counts.length;
      const total = counts.reduce((sum, count) => sum + count, 0),
        stream = RandomStream.of(G, "rows");
      const index = Int32Array.from({ length: total }, () => stream.integer(T));
      let first = 0;
      const ranges = counts.flatMap((count) => [(first += count) - count, count]);
      const place = ([, atIndex, atRanges]: number[]) => {
        i32(atIndex!, total).set(index);
        i32(atRanges!, 2 * G).set(ranges);
      };
      const blocks = [T * W, total, 2 * G, G * W];
      compare(blocks, [3], (run, pointers) => {
        place(pointers);
        run.meanRows(pointers[0]!, pointers[1]!, pointers[2]!, G, W, pointers[3]!);
      }, 1e-6);
      compare(blocks, [0], (run, pointers) => {
        place(pointers);
        run.meanRowsBackward(pointers[3]!, pointers[1]!, pointers[2]!, G, W, pointers[0]!);
      }, 1e-6);
    }),
    settings,
  );
});

Deno.test("log-softmaxes of rows and their gradients have the scalar reference's bits", () => {
  const rows = fc.integer({ min: 0, max: 9 }), columns = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(rows, columns, (R, A) => {
      const N = R * A, stream = RandomStream.of(N, "mask");
      // What is not allowed may be anything, and a row may allow nothing.
      const mask = Uint8Array.from({ length: N }, (_, i) => i < A ? 0 : stream.integer(3));
      const set = (x: number, at: number) => {
        u8(at, N).set(mask);
        mask.forEach((allowed, i) => allowed === 0 && (f32(x, N)[i] = [NaN, Infinity, 3][i % 3]!));
      };
      const blocks = [N, Math.ceil(N / 4), 44, 4 * R, 2 * R, N, N, 2 * R];
      compare(blocks, [5, 7], (run, [x, at, constants, sums, logZ, out, , asFloats]) => {
        set(x!, at!);
        run.maskedExpSums(x!, at!, R, A, constants!, sums!);
        f32(asFloats!, 2 * R).set(f64(sums!, 2 * R));
        f64(logZ!, R).forEach((_, r, all) => all[r] = Math.sin(r));
        run.maskedSubtract(x!, at!, R, A, logZ!, out!);
      }, 1e-6);
      compare(blocks, [6], (run, [dy, at, constants, , , logp, dx]) => {
        set(dy!, at!);
        run.logSoftmaxBackward(dy!, logp!, at!, R, A, constants!, dx!);
      }, 1e-5);
    }),
    settings,
  );
});

Deno.test("the gates of a GRU are what their definition says, far out as well", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(1, 30, 200),
      (rows, quarters, spread) => {
        const width = 4 * quarters, N = rows * width;
        compare([3 * N, 3 * N, N, 44], [2], (run, [input, own, h, scratch]) => {
          f32(input!, 3 * N).forEach((_, i, all) => all[i] = spread * Math.sin(7 * i + rows));
          run.gruGates(input!, own!, h!, rows, width, scratch!);
        }, 1e-6);
      },
    ),
    settings,
  );
});

Deno.test("the kernels' exponential is within two units in the last place", () => {
  for (let x = -87; x <= 0; x += 0.00917) {
    const argument = Math.fround(x), found = scalarExp(argument), wanted = Math.exp(argument);
    assert.ok(Math.abs(found - wanted) <= 2 ** -22 * wanted, `e^${argument}: ${found}`);
  }
  assert.equal(scalarExp(0), 1);
  assert.equal(scalarExp(-87.1), 0);
  assert.equal(scalarExp(-Infinity), 0);
});
