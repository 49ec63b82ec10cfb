// Means of rows of a matrix, `width` numbers each, a multiple of 4. A range is two words (first, count):
// the rows index[first .. first + count).

/** out [ranges, width] = the mean of each range of rows. */
export function meanRows(
  matrix: usize, index: usize, ranges: usize, rangeCount: i32, width: i32, out: usize,
): void {
  const stride = <usize>width << 2;
  for (let range = 0; range < rangeCount; range++, ranges += 8) {
    const list = index + (<usize>load<u32>(ranges) << 2), count = load<i32>(ranges, 4);
    const end = list + (<usize>count << 2), share = f32x4.splat(1 / <f32>count);
    for (let at: usize = 0; at < stride; at += 16, out += 16) {
      let sum = f32x4.splat(0);
      for (let i = list; i < end; i += 4) {
        sum = f32x4.add(sum, v128.load(matrix + <usize>load<u32>(i) * stride + at));
      }
      v128.store(out, f32x4.mul(sum, share));
    }
  }
}

/** matrix rows of each range += d [ranges, width] / count: the gradient of meanRows. */
export function meanRowsBackward(
  d: usize, index: usize, ranges: usize, rangeCount: i32, width: i32, matrix: usize,
): void {
  const stride = <usize>width << 2;
  for (let range = 0; range < rangeCount; range++, ranges += 8, d += stride) {
    const list = index + (<usize>load<u32>(ranges) << 2), count = load<i32>(ranges, 4);
    const share = f32x4.splat(1 / <f32>count);
    for (let i = 0; i < count; i++) {
      const to = matrix + <usize>load<u32>(list + (<usize>i << 2)) * stride;
      for (let at: usize = 0; at < stride; at += 16) {
        v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(d + at), share)));
      }
    }
  }
}
