/**
 * A folder of drawings: an SVG file for each object, and a page that shows all of them.
 *
 * A drawing may be a stranger's text. On the page it is the bytes of an image, base64 in an `<img>`, where
 * no browser runs scripts or follows links of it; nothing of it becomes part of the page itself.
 *
 * @module
 */
import { failure, GfnError, usageError } from "../errors.ts";
import { requireAccess } from "./permissions.ts";
import { makeFolder, writeAll, writeNew } from "./whole_file.ts";

/** Digits of a number in a file's name. */
const DIGITS = 6;

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>gfn sample</title>
<style>
  body { font: 13px sans-serif; display: grid; gap: 1em; margin: 1em;
    grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); }
  figure { margin: 0; border: 1px solid #ddd; padding: 8px; }
  img { width: 100%; height: 240px; object-fit: contain; }
  figcaption { overflow-wrap: anywhere; color: #444; }
  figcaption span { display: inline-block; max-width: 100%; }
  figcaption div { max-height: 4.8em; line-height: 1.2; overflow: hidden; }
</style>
`;

/** What is written of an object. */
export interface Drawn {
  /** One SVG element. */
  drawing: string;
  /** Lines below it on the page. */
  caption: readonly string[];
}

/** A folder that drawings are written to, one after the other. */
export class DrawingFolder {
  readonly #path: string;
  readonly #page: Deno.FsFile;
  #count = 0;

  /**
   * Makes the folder, or takes one that is empty.
   *
   * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when something is in it; `E_OUT_WRITE`
   */
  constructor(path: string) {
    this.#path = path;
    requireAccess(`write drawings to ${path}`, path, ["read", "write"]);
    this.#page = written(path, () => {
      makeFolder(path);
      for (const { name } of Deno.readDirSync(path)) {
        throw usageError(
          "E_OUT_TAKEN",
          `Cannot write drawings to ${path}: found ${name} in it, want a new or an empty folder`,
        );
      }
      const page = Deno.openSync(`${path}/index.html`, { write: true, createNew: true });
      writeAll(page, HEAD);
      return page;
    });
  }

  /** Drawings so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Writes the next drawing, and shows it on the page.
   *
   * @throws {GfnError} `E_DRAWING` when it is no SVG element; `E_OUT_WRITE`
   */
  add({ drawing, caption }: Drawn): void {
    if (!/^\s*<svg[\s>]/.test(drawing)) {
      throw failure(
        "E_DRAWING",
        `Cannot write a drawing to ${this.#path}: found ${
          JSON.stringify(drawing.slice(0, 20))
        } at its beginning, want one <svg> element`,
      );
    }
    const name = `${String(++this.#count).padStart(DIGITS, "0")}.svg`;
    const bytes = new TextEncoder().encode(drawing);
    // Words are broken where they are too long alone: not at the hyphen of an arrow. Of a line that would
    // fill the page, as a large tree in words, the first rows are seen, and the rest with the pointer on it.
    const lines = [name, ...caption].map((line) => {
      const words = line.split(" ").map((word) => `<span>${escaped(word)}</span>`).join(" ");
      return `<div title="${escaped(line)}">${words}</div>`;
    }).join("");
    written(this.#path, () => {
      writeNew(`${this.#path}/${name}`, bytes);
      writeAll(
        this.#page,
        `<figure><img alt="" src="data:image/svg+xml;base64,${bytes.toBase64()}">` +
          `<figcaption>${lines}</figcaption></figure>\n`,
      );
    });
  }

  /** Ends the page. */
  close(): void {
    this.#page.close();
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function written<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof GfnError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw failure("E_OUT_WRITE", `Cannot write drawings to ${path}: ${reason}`, { cause: error });
  }
}
