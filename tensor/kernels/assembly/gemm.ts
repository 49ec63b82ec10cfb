// C [rows, columns] = A [rows, K] B [K, columns], B in panels of 8 columns: element (k, 8j + c) at
// 8 * K * j + 8 * k + c. Rows of A lie `strideA` bytes apart, rows of C `strideC`.
//
// A tile is 6 rows by 8 columns: 12 sums, 2 vectors of B and one number of A fill 15 of the 16 vector
// registers that x64 has. Every sum runs over k in order, in every tile height, so a row's result does
// not depend on its neighbours.
import { fma } from "./fma";

/** What happens to a sum before it is stored. */
const BIAS: i32 = 1;
const BIAS_RELU: i32 = 2;
const MASK: i32 = 3;

/** Rows of A that stay in the second-level cache while the panels pass by. */
const BLOCK: i32 = 96;

@inline
function store(sum: v128, c: usize, epilogue: i32, extra: v128, mask: usize): void {
  if (epilogue == BIAS) sum = f32x4.add(sum, extra);
  else if (epilogue == BIAS_RELU) sum = f32x4.max(f32x4.add(sum, extra), f32x4.splat(0));
  else if (epilogue == MASK) sum = v128.and(sum, f32x4.gt(v128.load(mask), f32x4.splat(0)));
  v128.store(c, sum);
}

@inline
function storeRow(
  left: v128, right: v128, c: usize, epilogue: i32, bias0: v128, bias1: v128, mask: usize,
): void {
  store(left, c, epilogue, bias0, mask);
  store(right, c + 16, epilogue, bias1, mask + 16);
}

@inline
function tile(
  height: i32, a: usize, strideA: usize, b: usize, c: usize, strideC: usize, K: usize,
  epilogue: i32, extra: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let s40 = f32x4.splat(0), s41 = f32x4.splat(0);
  let s50 = f32x4.splat(0), s51 = f32x4.splat(0);
  const d2 = strideA * 2, d3 = strideA * 3, d4 = strideA * 4, d5 = strideA * 5;
  for (const end = a + (K << 2); a < end; a += 4) {
    // One k a turn: unrolled, V8 runs out of registers and spills.
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += 32;
    let x = v128.load32_splat(a);
    s00 = fma(x, b0, s00);
    s01 = fma(x, b1, s01);
    if (height > 1) {
      x = v128.load32_splat(a + strideA);
      s10 = fma(x, b0, s10);
      s11 = fma(x, b1, s11);
    }
    if (height > 2) {
      x = v128.load32_splat(a + d2);
      s20 = fma(x, b0, s20);
      s21 = fma(x, b1, s21);
    }
    if (height > 3) {
      x = v128.load32_splat(a + d3);
      s30 = fma(x, b0, s30);
      s31 = fma(x, b1, s31);
    }
    if (height > 4) {
      x = v128.load32_splat(a + d4);
      s40 = fma(x, b0, s40);
      s41 = fma(x, b1, s41);
    }
    if (height > 5) {
      x = v128.load32_splat(a + d5);
      s50 = fma(x, b0, s50);
      s51 = fma(x, b1, s51);
    }
  }
  let bias0 = f32x4.splat(0), bias1 = f32x4.splat(0);
  if (epilogue == BIAS || epilogue == BIAS_RELU) {
    bias0 = v128.load(extra);
    bias1 = v128.load(extra, 16);
  }
  storeRow(s00, s01, c, epilogue, bias0, bias1, extra);
  if (height > 1) storeRow(s10, s11, c + strideC, epilogue, bias0, bias1, extra + strideC);
  if (height > 2) storeRow(s20, s21, c + 2 * strideC, epilogue, bias0, bias1, extra + 2 * strideC);
  if (height > 3) storeRow(s30, s31, c + 3 * strideC, epilogue, bias0, bias1, extra + 3 * strideC);
  if (height > 4) storeRow(s40, s41, c + 4 * strideC, epilogue, bias0, bias1, extra + 4 * strideC);
  if (height > 5) storeRow(s50, s51, c + 5 * strideC, epilogue, bias0, bias1, extra + 5 * strideC);
}

function tile6(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(6, a, sa, b, c, sc, K, e, x);
}
function tile5(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(5, a, sa, b, c, sc, K, e, x);
}
function tile4(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(4, a, sa, b, c, sc, K, e, x);
}
function tile3(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(3, a, sa, b, c, sc, K, e, x);
}
function tile2(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(2, a, sa, b, c, sc, K, e, x);
}
function tile1(a: usize, sa: usize, b: usize, c: usize, sc: usize, K: usize, e: i32, x: usize): void {
  tile(1, a, sa, b, c, sc, K, e, x);
}

/** `extra` is what the epilogue reads: the bias [columns], or for the mask a matrix laid out like C. */
export function gemm(
  a: usize, strideA: usize, b: usize, c: usize, strideC: usize,
  rows: i32, K: i32, panels: i32, epilogue: i32, extra: usize,
): void {
  const masked = epilogue == MASK;
  for (let from = 0; from < rows; from += BLOCK) {
    const to = min(from + BLOCK, rows);
    for (let j = 0; j < panels; j++) {
      const panel = b + <usize>j * <usize>K * 32;
      const column = <usize>j * 32;
      let row = from;
      for (; row + 6 <= to; row += 6) {
        const cAt = <usize>row * strideC + column;
        tile6(a + <usize>row * strideA, strideA, panel, c + cAt, strideC, K, epilogue, extra + (masked ? cAt : column));
      }
      const left = to - row;
      if (left == 0) continue;
      const aAt = a + <usize>row * strideA;
      const cAt = <usize>row * strideC + column;
      const x = extra + (masked ? cAt : column);
      if (left == 1) tile1(aAt, strideA, panel, c + cAt, strideC, K, epilogue, x);
      else if (left == 2) tile2(aAt, strideA, panel, c + cAt, strideC, K, epilogue, x);
      else if (left == 3) tile3(aAt, strideA, panel, c + cAt, strideC, K, epilogue, x);
      else if (left == 4) tile4(aAt, strideA, panel, c + cAt, strideC, K, epilogue, x);
      else tile5(aAt, strideA, panel, c + cAt, strideC, K, epilogue, x);
    }
  }
}
