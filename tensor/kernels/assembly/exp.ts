// e^x of four numbers at once, by the polynomial of Cephes (expf): within 2 units in the last place.
import { fma } from "./fma";

/** Bytes that the constants take. */
export const EXP_BYTES: usize = 176;

/**
 * Writes the constants of `exp` at an address, to be read from there: V8 makes constant vectors anew in
 * each turn of a loop, which costs more than a load.
 */
export function writeExpConstants(to: usize): void {
  v128.store(to, f32x4.splat(1.4426950408889634)); // 1 / ln 2
  v128.store(to, f32x4.splat(-0.693359375), 16); // -ln 2 in two parts, the first exact in few bits
  v128.store(to, f32x4.splat(2.1219444005469057e-4), 32);
  v128.store(to, f32x4.splat(1.9875691500e-4), 48);
  v128.store(to, f32x4.splat(1.3981999507e-3), 64);
  v128.store(to, f32x4.splat(8.3334519073e-3), 80);
  v128.store(to, f32x4.splat(4.1665795894e-2), 96);
  v128.store(to, f32x4.splat(1.6666665459e-1), 112);
  v128.store(to, f32x4.splat(5.0000001201e-1), 128);
  v128.store(to, f32x4.splat(1), 144);
  v128.store(to, f32x4.splat(-87), 160);
}

/** e^x for x up to 88; 0 below -87, where float32 has no full precision left. */
@inline
export function exp(x: v128, constants: usize): v128 {
  const n = f32x4.nearest(f32x4.mul(x, v128.load(constants)));
  const r = fma(n, v128.load(constants, 32), fma(n, v128.load(constants, 16), x));
  let p = fma(v128.load(constants, 48), r, v128.load(constants, 64));
  p = fma(p, r, v128.load(constants, 80));
  p = fma(p, r, v128.load(constants, 96));
  p = fma(p, r, v128.load(constants, 112));
  p = fma(p, r, v128.load(constants, 128));
  const one = v128.load(constants, 144);
  const fraction = f32x4.add(fma(p, f32x4.mul(r, r), r), one);
  // 2^n by adding n to the exponent of 1.
  const power = i32x4.add(i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 23), one);
  return v128.and(f32x4.mul(fraction, power), f32x4.ge(x, v128.load(constants, 160)));
}
