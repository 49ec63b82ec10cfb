/**
 * Every kernel as its definition: one number at a time, rounded to float32 after each operation, sums in
 * the order of the kernels. The strict build has these bits.
 *
 * @module
 */
import { f32, i32, u8 } from "../../tensor/heap.ts";
import { type Epilogue, epilogue, type Kernels } from "../../tensor/kernels/kernels.ts";
import { scalarGraphKernels } from "./_scalar_graph_kernels.ts";
import { scalarTransformerKernels } from "./_scalar_transformer_kernels.ts";

const round = Math.fround;

/** The float32 at an address, as a variable. */
function at(address: number): Float32Array {
  return f32(address, 1);
}

/** a + b * c, rounded twice. */
function multiplyAdd(sum: number, b: number, c: number): number {
  return round(sum + round(b * c));
}

/** What an epilogue makes of a sum in column n of a matrix laid out like `mask`. */
function finish(sum: number, kind: Epilogue, bias: number, mask: number): number {
  switch (kind) {
    case epilogue.none:
      return sum;
    case epilogue.bias:
      return round(sum + at(bias)[0]!);
    case epilogue.biasRelu:
      return Math.max(round(sum + at(bias)[0]!), 0);
    case epilogue.reluMask:
      return at(mask)[0]! > 0 ? sum : 0;
  }
}

/** Index of (k, n) in a matrix of K rows in panels of 8 columns. */
function inPanels(K: number, k: number, n: number): number {
  return 8 * K * (n >> 3) + 8 * k + (n & 7);
}

const products: Pick<Kernels, "gemm" | "gemmTransposed" | "transposePanels"> = {
  gemm(a, strideA, b, c, strideC, rows, K, panels, kind, extra) {
    const B = f32(b, 8 * K * panels);
    for (let row = 0; row < rows; row++) {
      const A = f32(a + row * strideA, K), C = f32(c + row * strideC, 8 * panels);
      for (let n = 0; n < 8 * panels; n++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum = multiplyAdd(sum, A[k]!, B[inPanels(K, k, n)]!);
        C[n] = finish(sum, kind, extra + 4 * n, extra + row * strideC + 4 * n);
      }
    }
  },
  gemmTransposed(a, strideA, b, strideB, c, rows, K, panels) {
    const C = f32(c, 8 * K * panels).fill(0);
    for (let row = 0; row < rows; row++) {
      const A = f32(a + row * strideA, K), B = f32(b + row * strideB, 8 * panels);
      for (let k = 0; k < K; k++) {
        for (let n = 0; n < 8 * panels; n++) {
          C[inPanels(K, k, n)] = multiplyAdd(C[inPanels(K, k, n)]!, A[k]!, B[n]!);
        }
      }
    }
  },
  transposePanels(b, K, N, out) {
    const B = f32(b, 8 * K * Math.ceil(N / 8)), panels = Math.ceil(K / 8);
    const T = f32(out, 8 * N * panels);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < 8 * panels; k++) {
        T[inPanels(N, n, k)] = k < K ? B[inPanels(K, k, n)]! : 0;
      }
    }
  },
};

const panelKernels: Pick<Kernels, "unpackPanels" | "packPanels" | "addBias" | "maskRelu"> = {
  unpackPanels(b, K, panels, out) {
    const B = f32(b, 8 * K * panels), rows = f32(out, 8 * K * panels);
    rows.forEach((_, i) => {
      rows[i] = B[inPanels(K, Math.floor(i / (8 * panels)), i % (8 * panels))]!;
    });
  },
  packPanels(from, K, panels, out) {
    const rows = f32(from, 8 * K * panels), B = f32(out, 8 * K * panels);
    rows.forEach((x, i) => {
      B[inPanels(K, Math.floor(i / (8 * panels)), i % (8 * panels))] = x;
    });
  },
  addBias(c, strideC, rows, panels, bias, relu) {
    const kind = relu ? epilogue.biasRelu : epilogue.bias;
    for (let row = 0; row < rows; row++) {
      const C = f32(c + row * strideC, 8 * panels);
      C.forEach((sum, n) => C[n] = finish(sum, kind, bias + 4 * n, 0));
    }
  },
  maskRelu(c, strideC, rows, panels, activation) {
    for (let row = 0; row < rows; row++) {
      const C = f32(c + row * strideC, 8 * panels), first = activation + row * strideC;
      C.forEach((sum, n) => C[n] = finish(sum, epilogue.reluMask, 0, first + 4 * n));
    }
  },
};

const fieldKernels: Pick<Kernels, "findRows" | "gatherSum" | "scatterAdd"> = {
  findRows(values, rows, fields, sizes, first, out) {
    for (let i = 0; i < rows * fields; i++) {
      const f = i % fields, value = i32(values, i + 1)[i]!;
      if (value < 0 || value >= i32(sizes, fields)[f]!) return i;
      i32(out, i + 1)[i] = i32(first, fields)[f]! + value;
    }
    return -1;
  },
  gatherSum(index, rows, fields, matrix, P, bias, out, relu) {
    const rowOf = i32(index, rows * fields);
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < P; n++) {
        let sum = at(bias + 4 * n)[0]!;
        for (let f = 0; f < fields; f++) {
          sum = round(sum + at(matrix + 4 * (rowOf[row * fields + f]! * P + n))[0]!);
        }
        at(out + 4 * (row * P + n))[0] = relu ? Math.max(sum, 0) : sum;
      }
    }
  },
  scatterAdd(index, rows, fields, d, P, matrix) {
    const rowOf = i32(index, rows * fields);
    for (let i = 0; i < rows * fields; i++) {
      const from = f32(d + 4 * P * Math.floor(i / fields), P);
      const to = f32(matrix + 4 * P * rowOf[i]!, P);
      from.forEach((x, n) => to[n] = round(to[n]! + x));
    }
  },
};

const columnKernels: Pick<Kernels, "columnSums" | "padColumns" | "trimColumns" | "scatterRows"> = {
  columnSums(a, strideA, rows, panels, out) {
    const sums = f32(out, 8 * panels).fill(0);
    for (let row = 0; row < rows; row++) {
      f32(a + row * strideA, 8 * panels).forEach((x, n) => sums[n] = round(sums[n]! + x));
    }
  },
  padColumns(from, rows, N, to) {
    const P = 8 * Math.ceil(N / 8);
    for (let row = 0; row < rows; row++) {
      f32(to + 4 * P * row, P).fill(0).set(f32(from + 4 * N * row, N));
    }
  },
  trimColumns(from, rows, N, to) {
    const P = 8 * Math.ceil(N / 8);
    for (let row = 0; row < rows; row++) {
      f32(to + 4 * N * row, N).set(f32(from + 4 * P * row, N));
    }
  },
  scatterRows(from, rows, bytes, index, to) {
    i32(index, rows).forEach((row, i) =>
      u8(to + bytes * row, bytes).set(u8(from + bytes * i, bytes))
    );
  },
};

const optimiserKernels: Pick<Kernels, "adam" | "sumOfSquares"> = {
  adam(x, gradient, m, v, length, scale, beta1, beta2, rate, root, epsilon) {
    const X = f32(x, length), M = f32(m, length), V = f32(v, length);
    const c1 = round(1 - beta1), c2 = round(1 - beta2), b2 = round(beta2);
    f32(gradient, length).forEach((raw, i) => {
      const g = round(raw * round(scale));
      M[i] = multiplyAdd(M[i]!, c1, round(g - M[i]!));
      V[i] = round(round(b2 * V[i]!) + round(c2 * round(g * g)));
      const size = round(round(round(Math.sqrt(V[i]!)) / round(root)) + round(epsilon));
      X[i] = round(X[i]! - round(round(rate) * round(M[i]! / size)));
    });
  },
  /** Doubles, in four sums by the index, as the vectors hold them; what is left of four comes last. */
  sumOfSquares(x, length) {
    const X = f32(x, length), whole = length - length % 4, sums = [0, 0, 0, 0];
    for (let i = 0; i < whole; i++) sums[i % 4]! += X[i]! * X[i]!;
    let sum = (sums[0]! + sums[2]!) + (sums[1]! + sums[3]!);
    for (let i = whole; i < length; i++) sum += X[i]! * X[i]!;
    return sum;
  },
};

/** All kernels, one number at a time. */
export const scalarKernels: Kernels = {
  ...products,
  ...panelKernels,
  ...fieldKernels,
  ...columnKernels,
  ...optimiserKernels,
  ...scalarTransformerKernels,
  ...scalarGraphKernels,
};
