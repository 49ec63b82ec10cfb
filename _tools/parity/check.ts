/**
 * Comparing what our code computes with what a fixture says, and the record of one file's cases.
 *
 * @module
 */
import { type Fixture, shown } from "./fixture.ts";

/**
 * How near two numbers must be: |found - want| <= absolute * max(1, size) + relative * |want|. The size
 * is 1, except where a number is a sum of terms of both signs: where these cancel, the sum has the
 * rounding errors of the terms and not its own, so that the size is that of the terms.
 */
export interface Tolerance {
  absolute: number;
  relative: number;
}

/** Indices, masks, flags. */
export const EXACT: Tolerance = { absolute: 0, relative: 0 };
/** What is computed in doubles. */
export const DOUBLE: Tolerance = { absolute: 1e-10, relative: 1e-10 };
/** What comes from float32 tensors. */
export const FLOAT: Tolerance = { absolute: 1e-6, relative: 2e-5 };

/** A number or other value, or a list of such to any depth. */
export type Values = number | string | boolean | null | readonly Values[] | ArrayLike<number>;

/** The comparisons of one case. */
export class Check {
  /** Largest |found - want| / max(1, |want|). */
  worst = 0;
  /** Values compared. */
  count = 0;
  /** The first disagreement, and how many there are. */
  problem: string | null = null;
  #problems = 0;

  /** The first disagreement and how many follow, or null. */
  summary(): string | null {
    if (this.problem === null) return null;
    return this.#problems === 1 ? this.problem : `${this.problem}, and ${this.#problems - 1} more`;
  }

  /** Compares value by value; lists must have equal lengths. */
  equal(found: Values, want: Fixture, tolerance: Tolerance, size = 1): void {
    if (isList(found)) {
      const entries = want.list();
      if (entries.length === found.length) {
        for (const [i, entry] of entries.entries()) this.equal(found[i]!, entry, tolerance, size);
      } else this.#fail(`${want.path}: found ${found.length} entries, want ${entries.length}`);
      return;
    }
    this.count++;
    if (typeof found === "number") this.#near(found, want, tolerance, size);
    else if (found !== want.value) {
      this.#fail(`${want.path}: found ${shown(found)}, want ${shown(want.value)}`);
    }
  }

  /** The same for a list of sums, such as gradients: the size is the largest number of the list. */
  equalSums(found: Values, want: Fixture, tolerance: Tolerance): void {
    const entries = Array.isArray(want.value) ? want.value.flat(Infinity) : [want.value];
    const sizes = entries.map((entry: unknown) => typeof entry === "number" ? Math.abs(entry) : 0);
    this.equal(found, want, tolerance, sizes.reduce((a, b) => Math.max(a, b), 1));
  }

  /** Demands a fact that is no comparison of a fixture's value. */
  holds(fact: boolean, problem: string): void {
    this.count++;
    if (!fact) this.#fail(problem);
  }

  #near(found: number, want: Fixture, { absolute, relative }: Tolerance, size: number): void {
    const wanted = want.number();
    if (found === wanted) return; // also infinities
    const error = Math.abs(found - wanted);
    const allowed = absolute * Math.max(1, size) + relative * Math.abs(wanted);
    // Written so that a NaN on either side fails, and a finite number beside an infinity.
    if (!(Number.isFinite(wanted) && error <= allowed)) {
      this.#fail(`${want.path}: found ${found}, want ${wanted}`);
    }
    this.worst = Math.max(this.worst, error / Math.max(1, Math.abs(wanted)));
  }

  #fail(problem: string): void {
    this.problem ??= problem;
    this.#problems++;
  }
}

function isList(value: Values): value is readonly Values[] {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** The outcome of one case. */
export interface CaseResult {
  /** The fixture file. */
  file: string;
  name: string;
  /** What disagrees, or null. */
  problem: string | null;
  /** Largest |found - want| / max(1, |want|). */
  worst: number;
}

/** What is said about one file. */
export class FileReport {
  readonly file: string;
  readonly cases: CaseResult[] = [];
  readonly #notCovered = new Map<string, number>();

  constructor(file: string) {
    this.file = file;
  }

  /** Runs one case. Whatever it throws is its failure, so that the others are still checked. */
  async case(name: string, body: (check: Check) => void | Promise<void>): Promise<void> {
    const check = new Check();
    let thrown: string | null = null;
    try {
      await body(check);
    } catch (error) {
      thrown = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    }
    const nothing = check.count === 0 ? "nothing was compared" : null;
    this.cases.push({
      file: this.file,
      name,
      problem: check.summary() ?? thrown ?? nothing,
      worst: check.worst,
    });
  }

  /** Notes something that the file holds and nothing checks. */
  leaveOut(name: string): void {
    this.#notCovered.set(name, (this.#notCovered.get(name) ?? 0) + 1);
  }

  /** Notes every key of an object beside those known. */
  leaveOutKeys(fixture: Fixture, known: readonly string[]): void {
    for (const key of fixture.otherKeys(known)) this.leaveOut(fixture.at(key).path);
  }

  /** One line for each thing left out. */
  notCovered(): string[] {
    return Array.from(
      this.#notCovered,
      ([name, count]) => `${this.file} ${name}${count > 1 ? ` (${count} cases)` : ""}`,
    );
  }
}
