// Matrices row by row and in panels of 8 columns, for libraries that know rows alone; and what a product
// does to its sums, for libraries that only sum.

/** B [K, 8 * panels] in panels becomes the same row by row. */
export function unpackPanels(b: usize, K: i32, panels: i32, out: usize): void {
  const stride = <usize>panels * 32;
  for (let j = 0; j < panels; j++) {
    let to = out + <usize>j * 32;
    for (let k = 0; k < K; k++, b += 32, to += stride) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
    }
  }
}

/** The reverse of unpackPanels. */
export function packPanels(from: usize, K: i32, panels: i32, out: usize): void {
  const stride = <usize>panels * 32;
  for (let j = 0; j < panels; j++) {
    let at = from + <usize>j * 32;
    for (let k = 0; k < K; k++, out += 32, at += stride) {
      v128.store(out, v128.load(at));
      v128.store(out, v128.load(at, 16), 16);
    }
  }
}

/** C [rows, columns] in place: plus a bias [columns], and max(x, 0) if `relu` is 1. */
export function addBias(
  c: usize, stride: usize, rows: i32, panels: i32, bias: usize, relu: i32,
): void {
  const width = <usize>panels * 32, floor = f32x4.splat(relu ? 0 : -Infinity);
  for (let row = 0; row < rows; row++, c += stride) {
    for (let at: usize = 0; at < width; at += 16) {
      v128.store(c + at, f32x4.max(f32x4.add(v128.load(c + at), v128.load(bias + at)), floor));
    }
  }
}

/** C [rows, columns] in place: times [activation > 0], of a matrix laid out like C. */
export function maskRelu(c: usize, stride: usize, rows: i32, panels: i32, activation: usize): void {
  const width = <usize>panels * 32, zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++, c += stride, activation += stride) {
    for (let at: usize = 0; at < width; at += 16) {
      v128.store(c + at, v128.and(v128.load(c + at), f32x4.gt(v128.load(activation + at), zero)));
    }
  }
}
