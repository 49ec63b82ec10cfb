/**
 * What the page of `gfn watch` shows, and since when: what a reader who knows it up to some version lacks.
 *
 * @module
 */
import { markupOf, type Piece } from "../reports/live_page.ts";

/** What a reader is sent. */
export type Change =
  | { event: "parts"; data: Record<string, string> }
  | { event: "main"; data: { title: string; html: string } };

/** A shown page by its parts. */
export class LiveView {
  #title = "";
  #pieces: readonly Piece[] = [];
  /** What does not change by parts. */
  #frame = "";
  #frameVersion = 0;
  #partVersions = new Map<string, number>();
  #version = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  /** Takes what is to be shown from now on. */
  show(title: string, pieces: readonly Piece[]): void {
    const next = this.#version + 1;
    const frame = JSON.stringify([
      title,
      ...pieces.map((piece) => typeof piece === "string" ? piece : { id: piece.id }),
    ]);
    const before = new Map(parts(this.#pieces).map(({ id, html }) => [id, html]));
    const changed = parts(pieces).filter(({ id, html }) => before.get(id) !== html);
    if (frame !== this.#frame) {
      this.#frameVersion = next;
      this.#partVersions.clear();
    } else if (changed.length === 0) return;
    for (const { id } of changed) this.#partVersions.set(id, next);
    this.#version = next;
    this.#title = title;
    this.#frame = frame;
    this.#pieces = pieces;
  }

  /** What is other than it was at a version; null where nothing is. */
  since(version: number): Change | null {
    if (version >= this.#version) return null;
    if (version < this.#frameVersion) {
      return { event: "main", data: { title: this.#title, html: markupOf(this.#pieces) } };
    }
    const changed = parts(this.#pieces).filter(({ id }) =>
      (this.#partVersions.get(id) ?? 0) > version
    );
    return {
      event: "parts",
      data: Object.fromEntries(changed.map(({ id, html }) => [id, html])),
    };
  }
}

function parts(pieces: readonly Piece[]) {
  return pieces.filter((piece) => typeof piece !== "string");
}
