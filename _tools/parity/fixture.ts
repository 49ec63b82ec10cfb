/**
 * Reading a fixture file: typed access to parsed JSON where whatever is missing or of another type is
 * an error that names the place.
 *
 * @module
 */
import { failure } from "../../errors.ts";

/** A value of a fixture file that knows where it stands. */
export class Fixture {
  readonly value: unknown;
  /** Such as `envs[0].states[3].reward`; empty for the whole file. */
  readonly path: string;

  constructor(value: unknown, path = "") {
    this.value = value;
    this.path = path;
  }

  /** An entry of an object. */
  at(key: string): Fixture {
    const entries = this.#entries();
    const path = this.path === "" ? key : `${this.path}.${key}`;
    if (!Object.hasOwn(entries, key)) throw malformed(path, "nothing", "a value");
    return new Fixture(entries[key], path);
  }

  /** An entry of an object, or null where there is none. */
  maybe(key: string): Fixture | null {
    return Object.hasOwn(this.#entries(), key) ? this.at(key) : null;
  }

  keys(): string[] {
    return Object.keys(this.#entries());
  }

  /** Keys of an object beside the ones named. */
  otherKeys(known: readonly string[]): string[] {
    return this.keys().filter((key) => !known.includes(key));
  }

  list(): Fixture[] {
    if (!Array.isArray(this.value)) throw this.#wrong("a list");
    return this.value.map((entry, i) => new Fixture(entry, `${this.path}[${i}]`));
  }

  /** A number; the word "-inf" stands for minus infinity. */
  number(): number {
    if (this.value === "-inf") return -Infinity;
    if (typeof this.value !== "number") throw this.#wrong("a number");
    return this.value;
  }

  /** A whole number of at least `min`. */
  whole(min: number): number {
    const { value } = this;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return value;
    throw this.#wrong(`a whole number of at least ${min}`);
  }

  text(): string {
    if (typeof this.value !== "string") throw this.#wrong("a text");
    return this.value;
  }

  flag(): boolean {
    if (typeof this.value !== "boolean") throw this.#wrong("true or false");
    return this.value;
  }

  /** A list of numbers, of `length` entries where that is given. */
  numbers(length?: number): number[] {
    const entries = this.list();
    if (length !== undefined && entries.length !== length) {
      throw malformed(this.path, `${entries.length} entries`, `${length}`);
    }
    return entries.map((entry) => entry.number());
  }

  /** A list of whole numbers from 0 on. */
  indices(): number[] {
    return this.list().map((entry) => entry.whole(0));
  }

  #entries(): Record<string, unknown> {
    const { value } = this;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw this.#wrong("an object");
  }

  #wrong(want: string): Error {
    return malformed(this.path, shown(this.value), want);
  }
}

/** A file that is not what its kind says. */
export function malformed(path: string, found: string, want: string): Error {
  return failure("E_PARITY_FORMAT", `Cannot read ${path || "it"}: found ${found}, want ${want}`);
}

/** A value on one short line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? value.slice(0, 40) + "..." : value);
  }
  return String(value);
}
