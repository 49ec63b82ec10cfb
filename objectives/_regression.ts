/**
 * What a balance residual r is lowered by (Hu et al. 2025, arXiv:2410.02596): one setting of every
 * objective that has a residual.
 *
 * @module
 */
import { z } from "zod";
import { failure } from "../errors.ts";
import { tf } from "../tensor/backend.ts";

/** The options that every residual objective spreads into its own. */
export const regressionOptions: {
  regression: z.ZodDefault<z.ZodType<string>>;
  linexAlpha: z.ZodDefault<z.ZodType<number>>;
} = {
  regression: z.enum(["square", "half-square", "huber", "shifted-cosh", "linex"]).default("square")
    .describe("g(r): r^2, r^2/2, Huber, e^r + e^-r - 2, or (e^(alpha r) - alpha r - 1)/alpha^2"),
  linexAlpha: z.number().min(-10).max(10).refine((alpha) => alpha !== 0, "must not be 0").default(1)
    .describe("alpha of linex; read by no other"),
};

/** e^x is beyond float32 above this. */
const MAX_EXPONENT = 88;

/**
 * g(r) elementwise; the Huber loss is r^2/2 up to |r| = 1 and |r| - 1/2 beyond.
 *
 * @throws {GfnError} `E_LOSS_OVERFLOW` where the exponential of a residual is beyond float32
 */
export function regression(
  r: tf.Tensor1D,
  { regression, linexAlpha: alpha }: { regression: string; linexAlpha: number },
): tf.Tensor1D {
  switch (regression) {
    case "square":
      return tf.square(r);
    case "half-square":
      return tf.mul(tf.square(r), 0.5);
    case "huber": {
      const near = tf.minimum(tf.abs(r), 1);
      return tf.mul(near, tf.sub(tf.abs(r), tf.mul(near, 0.5)));
    }
    case "shifted-cosh":
      requireSmall(r, regression, (r) => Math.abs(r));
      return tf.sub(tf.add(tf.exp(r), tf.exp(tf.neg(r))), 2);
    case "linex":
      requireSmall(r, regression, (r) => alpha * r);
      return tf.div(tf.sub(tf.exp(tf.mul(r, alpha)), tf.add(tf.mul(r, alpha), 1)), alpha * alpha);
    default:
      throw new RangeError(`Cannot compute a regression loss: there is none named "${regression}"`);
  }
}

function requireSmall(r: tf.Tensor1D, name: string, exponent: (r: number) => number): void {
  const residual = r.dataSync().find((r) => exponent(r) > MAX_EXPONENT);
  if (residual === undefined) return;
  throw failure(
    "E_LOSS_OVERFLOW",
    `Cannot compute the regression loss ${name}: found a residual of ${
      residual.toPrecision(6)
    } nats, whose exponential overflows, want at most ${MAX_EXPONENT}; square and huber take any`,
  );
}
