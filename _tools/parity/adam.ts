/**
 * Fixtures of the optimiser: Adam with clipping on f(x) = x'Ax/2 - b'x.
 *
 * The file's own numbers are checked for agreement among themselves in doubles, each step from the x
 * that the file gives before it; our Adam runs all steps by itself, in float32.
 *
 * @module
 */
import { tf } from "../../tensor/backend.ts";
import { Adam } from "../../train/adam.ts";
import { type Check, DOUBLE, EXACT, type FileReport, FLOAT } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";

interface Quadratic {
  A: number[][];
  b: number[];
  x0: number[];
  tensorSizes: number[];
}

/** Checks every case of the file. */
export async function checkAdam(fixture: Fixture, report: FileReport): Promise<void> {
  const quadratic = readQuadratic(fixture);
  report.leaveOutKeys(fixture, ["kind", "A", "b", "x0", "tensorSizes", "cases"]);
  for (const one of fixture.at("cases").list()) {
    const shownSettings = ["lr", "beta1", "beta2", "eps", "clipNorm"]
      .map((key) => `${key} ${one.maybe(key)?.value ?? "none"}`).join(" ");
    const name = `Adam ${shownSettings}`;
    const extra = one.otherKeys([
      ...["lr", "beta1", "beta2", "eps", "weightDecay", "clipNorm", "steps"],
    ]);
    if (one.maybe("weightDecay")?.value !== 0) extra.push("weightDecay");
    if (extra.length > 0) report.leaveOut(`${name} ${extra.join(" ")}`);
    else {
      await report.case(name, (check) => {
        checkTextbook(one, quadratic, check);
        runAdam(one, quadratic, quadratic.tensorSizes, check);
        runAdam(one, quadratic, [quadratic.x0.length], check);
      });
    }
  }
}

function readQuadratic(fixture: Fixture): Quadratic {
  const x0 = fixture.at("x0").numbers(), n = x0.length;
  const rows = fixture.at("A").list(), tensorSizes = fixture.at("tensorSizes").indices();
  if (rows.length !== n) throw malformed("A", `${rows.length} rows`, `${n}`);
  const total = tensorSizes.reduce((sum, size) => sum + size, 0);
  if (total !== n) throw malformed("tensorSizes", `a sum of ${total}`, `${n}`);
  return {
    A: rows.map((row) => row.numbers(n)),
    b: fixture.at("b").numbers(n),
    x0,
    tensorSizes,
  };
}

/** Gradient Ax - b and loss at x. */
function at({ A, b }: Quadratic, x: readonly number[]): { loss: number; gradient: number[] } {
  const product = A.map((row) => row.reduce((sum, a, j) => sum + a * x[j]!, 0));
  return {
    loss: product.reduce((sum, y, i) => sum + x[i]! * (y / 2 - b[i]!), 0),
    gradient: product.map((y, i) => y - b[i]!),
  };
}

/** Losses, gradients, norms and steps in doubles, each at the point that the file gives. */
function checkTextbook(one: Fixture, quadratic: Quadratic, check: Check): void {
  const clip = one.at("clipNorm").value === null ? null : one.at("clipNorm").number();
  const [lr, beta1, beta2, eps] = ["lr", "beta1", "beta2", "eps"].map((key) =>
    one.at(key).number()
  );
  const m = quadratic.x0.map(() => 0), v = m.slice();
  let x = quadratic.x0;
  for (const [t, step] of one.at("steps").list().entries()) {
    const { loss, gradient } = at(quadratic, x), norm = Math.hypot(...gradient);
    const scale = clip === null ? 1 : Math.min(1, clip / (norm + 1e-6));
    const clipped = gradient.map((g) => g * scale);
    check.equal(t + 1, step.at("t"), EXACT);
    check.equal(loss, step.at("loss"), DOUBLE);
    check.equal(gradient, step.at("grad"), DOUBLE);
    if (clip !== null) {
      check.equal(norm, step.at("gradNorm"), DOUBLE);
      check.equal(clipped, step.at("clippedGrad"), DOUBLE);
    }
    const after = x.map((xi, i) => {
      m[i] = beta1! * m[i]! + (1 - beta1!) * clipped[i]!;
      v[i] = beta2! * v[i]! + (1 - beta2!) * clipped[i]! ** 2;
      const root = Math.sqrt(v[i]! / (1 - beta2! ** (t + 1)));
      return xi - lr! / (1 - beta1! ** (t + 1)) * m[i]! / (root + eps!);
    });
    check.equal(after, step.at("xAfter"), DOUBLE);
    const known = ["t", "loss", "grad", "xAfter", ...(clip === null ? [] : CLIPPED)];
    const extra = step.otherKeys(known);
    check.holds(extra.length === 0, `${step.path}: found the keys ${extra}, want ${known}`);
    x = step.at("xAfter").numbers(quadratic.x0.length);
  }
}

const CLIPPED = ["gradNorm", "clippedGrad"];

/** Our Adam from x0 on, x split into tensors of the given sizes. */
function runAdam(one: Fixture, quadratic: Quadratic, sizes: number[], check: Check): void {
  const lr = one.at("lr").number();
  const clipNorm = one.at("clipNorm").value === null ? null : one.at("clipNorm").number();
  const adam = new Adam({
    lr,
    beta1: one.at("beta1").number(),
    beta2: one.at("beta2").number(),
    epsilon: one.at("eps").number(),
  });
  tf.tidy(() => {
    const split = <T>(x: readonly number[], make: (part: number[]) => T) => {
      let from = 0;
      return sizes.map((size) => make(x.slice(from, from += size)));
    };
    const variables = split(quadratic.x0, (part) => tf.variable(tf.tensor1d(part)));
    const current = () => variables.flatMap((variable) => Array.from(variable.dataSync()));
    for (const step of one.at("steps").list()) {
      const { gradient } = at(quadratic, current());
      const gradients = split(gradient, (part) => tf.tensor1d(part));
      const norm = adam.step(
        variables.map((variable, i) => ({ variable, gradient: gradients[i]! })),
        clipNorm,
      );
      if (clipNorm !== null) check.equal(norm, step.at("gradNorm"), FLOAT);
      check.equal(current(), step.at("xAfter"), FLOAT);
    }
    for (const variable of variables) variable.dispose();
  });
  adam.dispose();
}
