/**
 * Options as plain data. Environments and objectives describe what they can be told in these terms, so
 * that no object of the host crosses into a plugin's sandbox; `config/option_schema.ts` makes zod
 * schemas of them.
 *
 * @module
 */

interface Described<T> {
  /** Used when the option is not given; null means "not given" and the help line says what happens then. */
  default: T | null;
  /** One line, no final period. */
  help: string;
  unit?: string;
}

/** One option: its kind is the one key that is not `default`, `help` or `unit`. */
export type OptionSpec =
  | { int: readonly [min: number, max: number] } & Described<number>
  | { number: readonly [min: number, max: number] } & Described<number>
  | { boolean: true } & Described<boolean>
  | { enum: readonly string[] } & Described<string>
  | { string: { maxLength: number } } & Described<string>
  | { list: { of: "int" | "number"; min: number; max: number; maxLength: number } }
    & Described<readonly number[]>
  /** A data file that the main side reads, hashes and hands over as bytes; `file` says what it holds. */
  | { file: string } & Described<never>;

/** Options by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The value of one option. */
export type OptionValue = number | boolean | string | readonly number[] | Uint8Array | null;

/** Validated options by name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

type ValueOf<S> = S extends { int: unknown } | { number: unknown } ? number
  : S extends { boolean: true } ? boolean
  : S extends { enum: readonly (infer E)[] } ? E
  : S extends { string: unknown } ? string
  : S extends { list: unknown } ? readonly number[]
  : S extends { file: unknown } ? Uint8Array
  : never;

/** The values that `specs` describes, for the parameter of `create`. */
export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [K in keyof Specs]: Specs[K] extends { default: null } ? ValueOf<Specs[K]> | null
    : ValueOf<Specs[K]>;
};
