// One step of Adam (Kingma & Ba 2015) as PyTorch writes it, and the norm that gradients are clipped by.

/**
 * g *= scale; m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2;
 * x -= rate * m / (sqrt(v) / root + epsilon), with rate = lr / (1 - beta1^t) and
 * root = sqrt(1 - beta2^t). The gradient itself is left as it was.
 */
export function adam(
  x: usize, gradient: usize, m: usize, v: usize, length: i32,
  scale: f64, beta1: f64, beta2: f64, rate: f64, root: f64, epsilon: f64,
): void {
  const end = <usize>length << 2;
  const scale1 = <f32>scale, c1 = <f32>(1 - beta1), b2 = <f32>beta2, c2 = <f32>(1 - beta2);
  const rate1 = <f32>rate, root1 = <f32>root, epsilon1 = <f32>epsilon;
  const scales = f32x4.splat(scale1), c1s = f32x4.splat(c1), b2s = f32x4.splat(b2);
  const c2s = f32x4.splat(c2), rates = f32x4.splat(rate1), roots = f32x4.splat(root1);
  const epsilons = f32x4.splat(epsilon1);
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), scales);
    const mOld = v128.load(m + at);
    const mNew = f32x4.add(mOld, f32x4.mul(c1s, f32x4.sub(g, mOld)));
    const vNew = f32x4.add(f32x4.mul(b2s, v128.load(v + at)), f32x4.mul(c2s, f32x4.mul(g, g)));
    v128.store(m + at, mNew);
    v128.store(v + at, vNew);
    const size = f32x4.add(f32x4.div(f32x4.sqrt(vNew), roots), epsilons);
    v128.store(x + at, f32x4.sub(v128.load(x + at), f32x4.mul(rates, f32x4.div(mNew, size))));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at) * scale1;
    const mOld = load<f32>(m + at);
    const mNew = mOld + c1 * (g - mOld);
    const vNew = b2 * load<f32>(v + at) + c2 * (g * g);
    store<f32>(m + at, mNew);
    store<f32>(v + at, vNew);
    const size = sqrt<f32>(vNew) / root1 + epsilon1;
    store<f32>(x + at, load<f32>(x + at) - rate1 * (mNew / size));
  }
}

/** The sum of the squares of `length` numbers, summed in doubles. */
export function sumOfSquares(x: usize, length: i32): f64 {
  const end = x + (<usize>length << 2);
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  for (; x + 16 <= end; x += 16) {
    const low = f64x2.promote_low_f32x4(v128.load(x));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    s0 = f64x2.add(s0, f64x2.mul(low, low));
    s1 = f64x2.add(s1, f64x2.mul(high, high));
  }
  const s = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; x < end; x += 4) sum += <f64>load<f32>(x) * <f64>load<f32>(x);
  return sum;
}
