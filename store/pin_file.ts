/**
 * Pins of plugins and data files in one file (`--lock FILE`), so that a project can say once which bytes it
 * trusts and CI can insist on them (`--frozen`).
 *
 * @module
 */
import { z } from "zod";
import { failure, usageError } from "../errors.ts";
import { requireAccess } from "./permissions.ts";
import { writeOver } from "./whole_file.ts";

const pinFile = z.strictObject({
  version: z.literal(1),
  /** SHA-256 by reference or path, as it is written on the command line. */
  sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

/** What a file of pins says, and what is new to it. */
export class Pins {
  readonly #path: string;
  readonly #frozen: boolean;
  readonly #known: Record<string, string>;
  #grown = false;

  private constructor(path: string, frozen: boolean, known: Record<string, string>) {
    this.#path = path;
    this.#frozen = frozen;
    this.#known = known;
  }

  /**
   * Reads a file of pins.
   *
   * @param frozen whether what it does not hold is refused; else a file that is not there holds nothing
   * @throws {GfnError} `E_PERMISSION`, or `E_LOCK` when it is no file of pins
   */
  static read(path: string, frozen: boolean): Pins {
    requireAccess(`use the lock file ${path}`, path, frozen ? ["read"] : ["read", "write"]);
    try {
      const { sha256 } = pinFile.parse(JSON.parse(Deno.readTextFileSync(path)));
      return new Pins(path, frozen, sha256);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound && !frozen) return new Pins(path, frozen, {});
      const reason = error instanceof z.ZodError
        ? `${error.issues[0]!.path.join(".") || "it"}: ${error.issues[0]!.message}`
        : (error as Error).message;
      throw failure("E_LOCK", `Cannot read the lock file ${path}: ${reason}`, { cause: error });
    }
  }

  /**
   * Holds bytes to their pin; what has none yet gets one.
   *
   * @param what is being done, as the beginning of the error
   * @throws {GfnError} `E_LOCK` when the pin is another, or is not there and the file is frozen
   */
  require(what: string, reference: string, sha256: string): void {
    const pin = Object.hasOwn(this.#known, reference) ? this.#known[reference] : undefined;
    if (pin === sha256) return;
    if (pin !== undefined) {
      throw failure(
        "E_LOCK",
        `Cannot ${what}: found the SHA-256 ${sha256}, want ${pin} as ${this.#path} has it`,
      );
    }
    if (this.#frozen) {
      throw usageError(
        "E_LOCK",
        `Cannot ${what}: found no pin of it in ${this.#path}, want one, as the same command without --frozen adds it`,
      );
    }
    this.#known[reference] = sha256;
    this.#grown = true;
  }

  /** Writes what is new. */
  save(): void {
    if (!this.#grown) return;
    const sha256 = Object.fromEntries(
      Object.entries(this.#known).sort(([a], [b]) => a < b ? -1 : 1),
    );
    try {
      writeOver(this.#path, `${JSON.stringify({ version: 1, sha256 }, null, 2)}\n`);
    } catch (error) {
      throw failure(
        "E_LOCK",
        `Cannot write the lock file ${this.#path}: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
    this.#grown = false;
  }
}
