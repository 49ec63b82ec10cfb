// B [K, N] in panels of 8 columns becomes B^T [N, K] in panels of 8 columns; columns K.. of the last
// panel become 0.

@inline
function element(b: usize, K: i32, k: i32, n: i32): usize {
  return b + ((<usize>(n >> 3) * K + k << 3) + (n & 7) << 2);
}

@inline
function quad(b: usize, K: i32, N: i32, k: i32, n: i32, out: usize): void {
  const from = element(b, K, k, n);
  const r0 = v128.load(from), r1 = v128.load(from, 32);
  const r2 = v128.load(from, 64), r3 = v128.load(from, 96);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  const to = element(out, N, n, k);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
}

export function transposePanels(b: usize, K: i32, N: i32, out: usize): void {
  const fullK = K & ~3, fullN = N & ~3, paddedK = K + 7 & ~7;
  for (let n = 0; n < fullN; n += 4) {
    for (let k = 0; k < fullK; k += 4) quad(b, K, N, k, n, out);
  }
  for (let n = 0; n < N; n++) {
    for (let k = n < fullN ? fullK : 0; k < paddedK; k++) {
      store<f32>(element(out, N, n, k), k < K ? load<f32>(element(b, K, k, n)) : 0);
    }
  }
}
