// Matrices [rows, columns] whose rows are padded to a multiple of 8 columns, and those that are not.

/** out [8 * panels] = the sum of the rows of a, `stride` bytes apart. */
export function columnSums(a: usize, stride: usize, rows: i32, panels: i32, out: usize): void {
  for (let j = 0; j < panels; j++) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
    let at = a;
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      at += stride;
    }
    v128.store(out, s0);
    v128.store(out, s1, 16);
    a += 32;
    out += 32;
  }
}

/** Copies [rows, columns] into rows of a multiple of 8 columns, the rest of each row 0. */
export function padColumns(from: usize, rows: i32, columns: i32, to: usize): void {
  const end = <usize>columns << 2, padded = (end + 31) & ~31;
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    for (; at < end; at += 4) store<f32>(to + at, load<f32>(from + at));
    for (; at < padded; at += 4) store<f32>(to + at, 0);
    from += end;
    to += padded;
  }
}

/** The reverse of padColumns. */
export function trimColumns(from: usize, rows: i32, columns: i32, to: usize): void {
  const end = <usize>columns << 2, padded = (end + 31) & ~31;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < end; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += padded;
    to += end;
  }
}

/** Copies rows of `bytes` bytes, laid end to end, to the rows `index` of another matrix of such. */
export function scatterRows(from: usize, rows: i32, bytes: usize, index: usize, to: usize): void {
  for (let row = 0; row < rows; row++) {
    const at = to + <usize>load<u32>(index) * bytes;
    let k: usize = 0;
    for (; k + 16 <= bytes; k += 16) v128.store(at + k, v128.load(from + k));
    for (; k < bytes; k += 4) store<u32>(at + k, load<u32>(from + k));
    from += bytes;
    index += 4;
  }
}
