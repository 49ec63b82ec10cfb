// The gates of a recurrent unit (GRU), in the order r, z, n, width numbers each, a multiple of 4.
import { exp, writeExpConstants } from "./exp";

/** 1 / (1 + e^-x). */
@inline
function sigmoid(x: v128, constants: usize): v128 {
  const one = v128.load(constants, 144);
  const e = exp(f32x4.min(f32x4.neg(x), f32x4.splat(80)), constants);
  return f32x4.div(one, f32x4.add(one, e));
}

/**
 * h = (1 - z) n + z h in place, row by row: r and z are sigmoids of input + own, n = tanh(input + r own).
 * `scratch` holds EXP_BYTES bytes.
 */
export function gruGates(
  input: usize, own: usize, h: usize, rows: i32, width: i32, scratch: usize,
): void {
  const stride = <usize>width << 2;
  writeExpConstants(scratch);
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < stride; at += 16) {
      const one = v128.load(scratch, 144);
      const r = sigmoid(f32x4.add(v128.load(input + at), v128.load(own + at)), scratch);
      const atZ = at + stride, atN = atZ + stride;
      const z = sigmoid(f32x4.add(v128.load(input + atZ), v128.load(own + atZ)), scratch);
      const y = f32x4.add(v128.load(input + atN), f32x4.mul(r, v128.load(own + atN)));
      // tanh(y) = 1 - 2 / (e^2y + 1)
      const e = exp(f32x4.min(f32x4.add(y, y), f32x4.splat(80)), scratch);
      const n = f32x4.sub(one, f32x4.div(f32x4.add(one, one), f32x4.add(e, one)));
      const kept = f32x4.mul(z, v128.load(h + at));
      v128.store(h + at, f32x4.add(f32x4.mul(f32x4.sub(one, z), n), kept));
    }
    input += 3 * stride;
    own += 3 * stride;
    h += stride;
  }
}
