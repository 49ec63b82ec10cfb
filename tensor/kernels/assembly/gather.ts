// A first layer over categorical fields: the product of a one-hot row with a matrix is a sum of rows
// of the matrix, and its gradient adds to those rows. The matrix is row-major, a row per value of each
// field, `width` columns (a multiple of 8).

/**
 * Turns values [rows, fields] into rows of the matrix: field f's values begin at row first[f].
 * Gives the position of the first value outside 0..sizes[f]-1, or -1.
 */
export function findRows(
  values: usize, rows: i32, fields: i32, sizes: usize, first: usize, out: usize,
): i32 {
  let position = 0;
  for (let row = 0; row < rows; row++) {
    for (let f: usize = 0, end = <usize>fields << 2; f < end; f += 4) {
      const value = load<i32>(values);
      if (<u32>value >= load<u32>(sizes + f)) return position;
      store<i32>(out, load<i32>(first + f) + value);
      values += 4;
      out += 4;
      position++;
    }
  }
  return -1;
}

/** out [rows, width] = bias + the sum of the matrix rows `index` [rows, fields], ReLU if asked for. */
export function gatherSum(
  index: usize, rows: i32, fields: i32, matrix: usize, width: i32, bias: usize, out: usize, relu: i32,
): void {
  const stride = <usize>width << 2, zero = f32x4.splat(0);
  const floor = relu ? zero : f32x4.splat(-Infinity);
  for (let row = 0; row < rows; row++) {
    const end = index + (<usize>fields << 2);
    let column: usize = 0;
    for (; column + 64 <= stride; column += 64) {
      let s0 = v128.load(bias + column), s1 = v128.load(bias + column, 16);
      let s2 = v128.load(bias + column, 32), s3 = v128.load(bias + column, 48);
      for (let i = index; i < end; i += 4) {
        const from = matrix + <usize>load<u32>(i) * stride + column;
        s0 = f32x4.add(s0, v128.load(from));
        s1 = f32x4.add(s1, v128.load(from, 16));
        s2 = f32x4.add(s2, v128.load(from, 32));
        s3 = f32x4.add(s3, v128.load(from, 48));
      }
      v128.store(out + column, f32x4.max(s0, floor));
      v128.store(out + column, f32x4.max(s1, floor), 16);
      v128.store(out + column, f32x4.max(s2, floor), 32);
      v128.store(out + column, f32x4.max(s3, floor), 48);
    }
    if (column < stride) {
      let s0 = v128.load(bias + column), s1 = v128.load(bias + column, 16);
      for (let i = index; i < end; i += 4) {
        const from = matrix + <usize>load<u32>(i) * stride + column;
        s0 = f32x4.add(s0, v128.load(from));
        s1 = f32x4.add(s1, v128.load(from, 16));
      }
      v128.store(out + column, f32x4.max(s0, floor));
      v128.store(out + column, f32x4.max(s1, floor), 16);
    }
    index = end;
    out += stride;
  }
}

/** Adds each row of d [rows, width] to the matrix rows `index` [rows, fields], in order. */
export function scatterAdd(
  index: usize, rows: i32, fields: i32, d: usize, width: i32, matrix: usize,
): void {
  const stride = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < fields; f++) {
      const to = matrix + <usize>load<u32>(index) * stride;
      index += 4;
      for (let column: usize = 0; column < stride; column += 32) {
        const at = to + column, from = d + column;
        v128.store(at, f32x4.add(v128.load(at), v128.load(from)));
        v128.store(at, f32x4.add(v128.load(at, 16), v128.load(from, 16)), 16);
      }
    }
    d += stride;
  }
}
