/**
 * The kernels of Transformers as their definitions, one number at a time, as `_scalar_kernels.ts`.
 *
 * @module
 */
import { f32, f64, i32, u8 } from "../../tensor/heap.ts";
import type { Kernels } from "../../tensor/kernels/kernels.ts";

const round = Math.fround;

/** a * b + c, rounded twice. */
function multiplyAdd(a: number, b: number, c: number): number {
  return round(round(a * b) + c);
}

/** The four numbers of a vector, summed as the kernels do. */
function sumOf([a, b, c, d]: readonly number[]): number {
  return round(round(a! + b!) + round(c! + d!));
}

/** Adds numbers to the four places of a vector in turn. */
function vectorSum(numbers: readonly number[], add: (sum: number, i: number) => number): number {
  const sums = [0, 0, 0, 0];
  numbers.forEach((_, i) => sums[i % 4] = add(sums[i % 4]!, i));
  return sumOf(sums);
}

const [C0, C1, C2, C3, C4, C5] = [
  ...[1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3],
  ...[4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
].map(round) as [number, number, number, number, number, number];

/** e^x by the kernels' polynomial. */
export function scalarExp(x: number): number {
  if (!(x >= -87)) return 0;
  const scaled = round(x * round(1.4426950408889634)), nearest = Math.round(scaled);
  const n = Math.abs(scaled % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
  const r = multiplyAdd(n, round(2.1219444005469057e-4), multiplyAdd(n, -0.693359375, x));
  let p = multiplyAdd(C0, r, C1);
  for (const c of [C2, C3, C4, C5]) p = multiplyAdd(p, r, c);
  return round(round(multiplyAdd(p, round(r * r), r) + 1) * 2 ** n);
}

/** A group's tokens, and of each query the keys that it attends to. */
function* groupsOf(groups: number, count: number, index: number, causal: number) {
  for (let g = 0; g < count; g++) {
    const [first, n, p] = i32(groups + 12 * g, 3) as unknown as [number, number, number];
    const tokens = Array.from(i32(index + 4 * first, n));
    const queries = tokens.slice(p).map((token, j) => ({
      token,
      keys: causal ? tokens.slice(0, p + j + 1) : tokens,
    }));
    yield { g, tokens, queries };
  }
}

/** Adds to a score of query j and key i of group g what the bias, if there is one, has for head h. */
function biasReader([bias, stride, places]: readonly number[], g: number, h: number, n: number) {
  if (bias === 0) return (score: number) => score;
  const first = i32(places!, g + 1)[g]!;
  return (score: number, j: number, i: number) =>
    round(score + f32(bias! + stride! * (first + j * n + i), h + 1)[h]!);
}

const attentionKernels: Pick<Kernels, "attention" | "attentionBackward"> = {
  attention(
    ...[
      qkv,
      heads,
      size,
      groups,
      groupCount,
      index,
      causal,
      _scratch,
      _bytes,
      out,
      stats,
      ...biases
    ]
  ) {
    const D = heads * size, scale = round(1 / round(Math.sqrt(size)));
    for (const { g, queries } of groupsOf(groups, groupCount, index, causal)) {
      for (let h = 0; h < heads; h++) {
        const biasOf = biasReader(biases, g, h, queries.length);
        const part = (token: number, kind: number) =>
          f32(qkv + 4 * (token * 3 * D + kind * D + h * size), size);
        for (const [j, { token, keys }] of queries.entries()) {
          const query = part(token, 0), result = f32(out + 4 * (token * D + h * size), size);
          const scores = keys.map((key, i) =>
            biasOf(
              round(part(key, 1).reduce((s, k, d) => multiplyAdd(query[d]!, k, s), 0) * scale),
              ...[j, i] as const,
            )
          );
          const largest = Math.max(...scores);
          const powers = scores.map((s) => scalarExp(round(s - largest)));
          const inverse = round(1 / vectorSum(powers, (sum, i) => round(sum + powers[i]!)));
          f32(stats + 8 * (token * heads + h), 2).set([largest, inverse]);
          result.forEach((_, d) => {
            const sum = keys.reduce((s, key, i) => multiplyAdd(powers[i]!, part(key, 2)[d]!, s), 0);
            result[d] = round(sum * inverse);
          });
        }
      }
    }
  },
  attentionBackward(
    ...[
      qkv,
      heads,
      size,
      groups,
      groupCount,
      index,
      causal,
      _scratch,
      _bytes,
      stats,
      dOut,
      dqkv,
      bias,
      biasStride,
      places,
      dBias,
    ]
  ) {
    const D = heads * size, root = round(Math.sqrt(size)), scale = round(1 / root);
    for (const { g, tokens, queries } of groupsOf(groups, groupCount, index, causal)) {
      for (let h = 0; h < heads; h++) {
        const place = (token: number, kind: number) => 4 * (token * 3 * D + kind * D + h * size);
        const part = (token: number, kind: number) => f32(qkv + place(token, kind), size);
        const biasOf = biasReader([bias, biasStride, places], g, h, queries.length);
        const rows = queries.map(({ token, keys }, j) => {
          const query = part(token, 0), d = f32(dOut + 4 * (token * D + h * size), size);
          const [largest, inverse] = f32(stats + 8 * (token * heads + h), 2);
          const weights = keys.map((key, i) => {
            const s = part(key, 1).reduce((s, k, i) => multiplyAdd(query[i]!, k, s), 0);
            return round(scalarExp(round(biasOf(round(s * scale), j, i) - largest!)) * inverse!);
          });
          const slopes = keys.map((key) =>
            part(key, 2).reduce((s, v, i) => multiplyAdd(d[i]!, v, s), 0)
          );
          const mean = vectorSum(weights, (sum, i) => multiplyAdd(weights[i]!, slopes[i]!, sum));
          const dScores = weights.map((w, i) => round(round(w * round(slopes[i]! - mean)) * scale));
          if (bias !== 0) {
            const first = i32(places, g + 1)[g]!;
            dScores.forEach((d, i) =>
              f32(dBias + biasStride * (first + j * keys.length + i), heads)[h] = round(root * d)
            );
          }
          const dQuery = f32(dqkv + place(token, 0), size);
          dQuery.forEach((_, n) =>
            dQuery[n] = keys.reduce((s, key, i) => multiplyAdd(dScores[i]!, part(key, 1)[n]!, s), 0)
          );
          return { query, d, weights, dScores };
        });
        tokens.forEach((token, i) => {
          const dKey = f32(dqkv + place(token, 1), size),
            dValue = f32(dqkv + place(token, 2), size);
          const seen = rows.filter(({ weights }) => i < weights.length);
          for (let n = 0; n < size; n++) {
            const key = seen.reduce((s, row) => multiplyAdd(row.dScores[i]!, row.query[n]!, s), 0);
            const value = seen.reduce((s, row) => multiplyAdd(row.weights[i]!, row.d[n]!, s), 0);
            dKey[n] = round(dKey[n]! + key);
            dValue[n] = round(dValue[n]! + value);
          }
        });
      }
    }
  },
};

const normKernels: Pick<Kernels, "addNorm" | "addNormBackward"> = {
  addNorm(x, b, rows, width, gain, bias, epsilon, normal, inverse, y) {
    const share = round(1 / width), G = f32(gain, width), B = f32(bias, width);
    for (let row = 0; row < rows; row++) {
      const at = 4 * width * row;
      const sums = Array.from(
        f32(x + at, width),
        (value, i) => b === 0 ? value : round(value + f32(b + at, width)[i]!),
      );
      const mean = round(vectorSum(sums, (sum, i) => round(sum + sums[i]!)) * share);
      const apart = sums.map((value) => round(value - mean));
      const squares = vectorSum(apart, (sum, i) => multiplyAdd(apart[i]!, apart[i]!, sum));
      const deviation = round(Math.sqrt(round(round(squares * share) + round(epsilon))));
      const scale = round(1 / deviation);
      f32(inverse, rows)[row] = scale;
      const N = f32(normal + at, width), Y = f32(y + at, width);
      apart.forEach((value, i) => {
        N[i] = round(value * scale);
        Y[i] = multiplyAdd(N[i]!, G[i]!, B[i]!);
      });
    }
  },
  addNormBackward(dy, more, rows, width, gain, normal, inverse, d, dGain, dBias) {
    const share = round(1 / width), G = f32(gain, width);
    const DG = f32(dGain, width), DB = f32(dBias, width);
    for (let row = 0; row < rows; row++) {
      const at = 4 * width * row, N = f32(normal + at, width), out = f32(d + at, width);
      const given = Array.from(
        f32(dy + at, width),
        (value, i) => more === 0 ? value : round(value + f32(more + at, width)[i]!),
      );
      given.forEach((g, i) => {
        DB[i] = round(DB[i]! + g);
        DG[i] = multiplyAdd(g, N[i]!, DG[i]!);
      });
      const scaled = given.map((g, i) => round(g * G[i]!));
      const mean = round(vectorSum(scaled, (sum, i) => round(sum + scaled[i]!)) * share);
      const slope = vectorSum(scaled, (sum, i) => multiplyAdd(scaled[i]!, N[i]!, sum));
      const along = round(slope * share);
      scaled.forEach((g, i) => {
        const rest = round(round(g - mean) - round(N[i]! * along));
        out[i] = round(rest * f32(inverse, rows)[row]!);
      });
    }
  },
};

const meanKernels: Pick<Kernels, "meanRows" | "meanRowsBackward"> = {
  meanRows(matrix, index, ranges, rangeCount, width, out) {
    for (let range = 0; range < rangeCount; range++) {
      const [first, count] = i32(ranges + 8 * range, 2) as unknown as [number, number];
      f32(out + 4 * width * range, width).forEach((_, n, row) => {
        const sum = i32(index + 4 * first, count)
          .reduce((s, from) => round(s + f32(matrix + 4 * width * from, width)[n]!), 0);
        row[n] = round(sum * round(1 / count));
      });
    }
  },
  meanRowsBackward(d, index, ranges, rangeCount, width, matrix) {
    for (let range = 0; range < rangeCount; range++) {
      const [first, count] = i32(ranges + 8 * range, 2) as unknown as [number, number];
      for (const to of i32(index + 4 * first, count)) {
        const row = f32(matrix + 4 * width * to, width);
        f32(d + 4 * width * range, width)
          .forEach((x, n) => row[n] = round(row[n]! + round(x * round(1 / count))));
      }
    }
  },
};

const softmaxKernels: Pick<
  Kernels,
  "maskedExpSums" | "maskedSubtract" | "logSoftmaxBackward"
> = {
  maskedExpSums(x, mask, rows, columns, _constants, sums) {
    for (let row = 0; row < rows; row++) {
      const X = f32(x + 4 * columns * row, columns), M = u8(mask + columns * row, columns);
      const out = f64(sums + 16 * row, 2);
      out[0] = X.reduce((most, value, i) => M[i] === 0 ? most : Math.max(most, value), -Infinity);
      out[1] = doubleSum(X, (value, i) => M[i] === 0 ? 0 : scalarExp(round(value - out[0]!)));
    }
  },
  maskedSubtract(x, mask, rows, columns, subtrahends, out) {
    const Y = f32(out, rows * columns), M = u8(mask, rows * columns);
    f32(x, rows * columns).forEach((value, i) => {
      Y[i] = M[i] === 0 ? 0 : value - f64(subtrahends, rows)[Math.floor(i / columns)]!;
    });
  },
  logSoftmaxBackward(dy, logp, mask, rows, columns, _constants, dx) {
    for (let row = 0; row < rows; row++) {
      const at = 4 * columns * row, D = f32(dy + at, columns), P = f32(logp + at, columns);
      const M = u8(mask + columns * row, columns), out = f32(dx + at, columns);
      const sum = round(doubleSum(D, (d, i) => M[i] === 0 ? 0 : d));
      D.forEach((d, i) => out[i] = M[i] === 0 ? 0 : d - round(scalarExp(P[i]!) * sum));
    }
  },
};

const recurrentKernels: Pick<Kernels, "gruGates"> = {
  gruGates(input, own, h, rows, width) {
    const sigmoid = (x: number) => round(1 / round(1 + scalarExp(Math.min(-x, 80))));
    const H = f32(h, rows * width);
    for (let row = 0; row < rows; row++) {
      const at = 12 * width * row, I = f32(input + at, 3 * width), O = f32(own + at, 3 * width);
      for (let d = 0; d < width; d++) {
        const r = sigmoid(round(I[d]! + O[d]!)), i = row * width + d;
        const z = sigmoid(round(I[width + d]! + O[width + d]!));
        const y = round(I[2 * width + d]! + round(r * O[2 * width + d]!));
        const n = round(1 - round(2 / round(scalarExp(Math.min(round(y + y), 80)) + 1)));
        H[i] = round(round(1 - z) * n) + round(z * H[i]!);
      }
    }
  },
};

/** Doubles in four sums by the index, as two vectors hold them. */
function doubleSum(numbers: Float32Array, term: (x: number, i: number) => number): number {
  const sums = [0, 0, 0, 0];
  numbers.forEach((x, i) => sums[i % 4]! += term(x, i));
  return (sums[0]! + sums[2]!) + (sums[1]! + sums[3]!);
}

/** The kernels of Transformers and of wide softmaxes, one number at a time. */
export const scalarTransformerKernels = {
  ...attentionKernels,
  ...normKernels,
  ...meanKernels,
  ...softmaxKernels,
  ...recurrentKernels,
};
