// C [K, columns] = A^T B with A [rows, K], B [rows, columns]: the gradient of a weight matrix, written
// into the panels in which gemm.ts reads such a matrix.
import { fma } from "./fma";

/** Rows at a time, whose numbers stay in the second-level cache; the sums wait in C meanwhile. */
const BLOCK: i32 = 256;

@inline
function tile(
  height: i32, a: usize, strideA: usize, b: usize, strideB: usize, c: usize, rows: i32,
): void {
  let s00 = v128.load(c), s01 = v128.load(c, 16);
  let s10 = height > 1 ? v128.load(c, 32) : s00, s11 = height > 1 ? v128.load(c, 48) : s00;
  let s20 = height > 2 ? v128.load(c, 64) : s00, s21 = height > 2 ? v128.load(c, 80) : s00;
  let s30 = height > 3 ? v128.load(c, 96) : s00, s31 = height > 3 ? v128.load(c, 112) : s00;
  let s40 = height > 4 ? v128.load(c, 128) : s00, s41 = height > 4 ? v128.load(c, 144) : s00;
  let s50 = height > 5 ? v128.load(c, 160) : s00, s51 = height > 5 ? v128.load(c, 176) : s00;
  for (const end = b + <usize>rows * strideB; b < end; b += strideB) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x: v128; // the last column first: measured faster by 4 %
    if (height > 5) {
      x = v128.load32_splat(a, 20);
      s50 = fma(x, b0, s50);
      s51 = fma(x, b1, s51);
    }
    if (height > 4) {
      x = v128.load32_splat(a, 16);
      s40 = fma(x, b0, s40);
      s41 = fma(x, b1, s41);
    }
    if (height > 3) {
      x = v128.load32_splat(a, 12);
      s30 = fma(x, b0, s30);
      s31 = fma(x, b1, s31);
    }
    if (height > 2) {
      x = v128.load32_splat(a, 8);
      s20 = fma(x, b0, s20);
      s21 = fma(x, b1, s21);
    }
    if (height > 1) {
      x = v128.load32_splat(a, 4);
      s10 = fma(x, b0, s10);
      s11 = fma(x, b1, s11);
    }
    x = v128.load32_splat(a);
    s00 = fma(x, b0, s00);
    s01 = fma(x, b1, s01);
    a += strideA;
  }
  v128.store(c, s00), v128.store(c, s01, 16);
  if (height > 1) v128.store(c, s10, 32), v128.store(c, s11, 48);
  if (height > 2) v128.store(c, s20, 64), v128.store(c, s21, 80);
  if (height > 3) v128.store(c, s30, 96), v128.store(c, s31, 112);
  if (height > 4) v128.store(c, s40, 128), v128.store(c, s41, 144);
  if (height > 5) v128.store(c, s50, 160), v128.store(c, s51, 176);
}

function tile6(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(6, a, sa, b, sb, c, rows);
}
function tile5(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(5, a, sa, b, sb, c, rows);
}
function tile4(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(4, a, sa, b, sb, c, rows);
}
function tile3(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(3, a, sa, b, sb, c, rows);
}
function tile2(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(2, a, sa, b, sb, c, rows);
}
function tile1(a: usize, sa: usize, b: usize, sb: usize, c: usize, rows: i32): void {
  tile(1, a, sa, b, sb, c, rows);
}

/** Overwrites C; zero rows give zeros. Strides in bytes. */
export function gemmTransposed(
  a: usize, strideA: usize, b: usize, strideB: usize, c: usize, rows: i32, K: i32, panels: i32,
): void {
  memory.fill(c, 0, <usize>K * panels * 32);
  for (let from = 0; from < rows; from += BLOCK) {
    const block = min(BLOCK, rows - from);
    let cAt = c, bAt = b;
    for (let j = 0; j < panels; j++, bAt += 32) {
      let aAt = a, k = 0;
      for (; k + 6 <= K; k += 6, aAt += 24, cAt += 192) tile6(aAt, strideA, bAt, strideB, cAt, block);
      const left = K - k;
      if (left == 1) tile1(aAt, strideA, bAt, strideB, cAt, block);
      else if (left == 2) tile2(aAt, strideA, bAt, strideB, cAt, block);
      else if (left == 3) tile3(aAt, strideA, bAt, strideB, cAt, block);
      else if (left == 4) tile4(aAt, strideA, bAt, strideB, cAt, block);
      else if (left == 5) tile5(aAt, strideA, bAt, strideB, cAt, block);
      cAt += <usize>left * 32;
    }
    a += strideA * block;
    b += strideB * block;
  }
}
