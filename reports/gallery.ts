/**
 * Objects that a sampler drew, as a page shows them: its environment's drawing as a picture, which runs no
 * script and loads nothing, or its text, letter by letter in colours where it is a string of letters.
 *
 * @module
 */
import type { Portrait } from "../trained/portrait.ts";
import { cut, escaped, shortNumber } from "./_text.ts";
import { numberOf } from "./measures.ts";

type Shown = Portrait["objects"][number];

/** Bytes of a drawing that a page takes in. */
export const LARGEST_DRAWING = 2 ** 17;
/** Characters of a text that are shown. */
const LONGEST_TEXT = 400;
/** Characters of texts that stand side by side on a telephone. */
const SHORT = 14;
/** Letters that have colours of their own; others follow in turn. */
const TINTS = 8;

/** The gallery of one sampler. */
export function gallery(objects: readonly Shown[]): string {
  const alphabet = letters(objects);
  const items = objects.map((object) =>
    `<li class="${isDrawn(object) ? "drawn" : "written"}">${
      look(object, alphabet)
    }<span class="of">${facts(object).map(escaped).join("<br>")}</span></li>`
  );
  const short = objects.every(({ text }) => text !== undefined && text.length <= SHORT);
  return `<ul class="gallery${short ? " short" : ""}">${items.join("")}</ul>`;
}

/** What the numbers of an object are. */
export function facts({ logReward, logProbability }: Shown): string[] {
  const own = numberOf(logReward)!;
  // What is left of a sum that is 0 but for rounding says nothing.
  const reward = `log R ${shortNumber(Math.abs(own) < 1e-12 ? 0 : own)}`;
  return logProbability === undefined
    ? [reward]
    : [reward, `log q ${shortNumber(numberOf(logProbability))}`];
}

function isDrawn({ drawing }: Shown): boolean {
  return drawing !== undefined && drawing.length <= LARGEST_DRAWING;
}

function look(object: Shown, alphabet: readonly string[] | null): string {
  const { text, drawing } = object;
  if (isDrawn(object)) {
    const alt = text === undefined ? "an object, drawn" : cut(text, LONGEST_TEXT);
    return `<img src="${dataUri(drawing!)}" alt="${escaped(alt)}">`;
  }
  const tooLarge = drawing === undefined
    ? ""
    : `<span class="of">its drawing has ${shortNumber(drawing.length)} characters, too many</span>`;
  if (text === undefined) return `${tooLarge || '<span class="of">no text</span>'}`;
  const shown = cut(text, LONGEST_TEXT);
  if (alphabet === null) return `<code>${escaped(shown) || "(empty)"}</code>${tooLarge}`;
  const tinted = [...shown].map((letter) =>
    `<b class="t${alphabet.indexOf(letter) % TINTS}">${escaped(letter)}</b>`
  );
  return `<code class="letters" role="img" aria-label="${escaped(shown)}">${
    tinted.join("") || "(empty)"
  }</code>${tooLarge}`;
}

/** The letters of all texts in order, where these are strings of letters; null where they are words or numbers. */
function letters(objects: readonly Shown[]): string[] | null {
  const texts = objects.flatMap(({ text }) => text ?? []);
  if (!texts.every((text) => /^[A-Za-z01*.+/-]*$/.test(text))) return null;
  const found = [...new Set(texts.join(""))].sort();
  return found.length === 0 ? null : found;
}

/** An SVG element as the address of a picture. Browsers open it without scripts, links and outside files. */
function dataUri(svg: string): string {
  const bytes = new TextEncoder().encode(sized(svg));
  return `data:image/svg+xml;base64,${bytes.toBase64()}`;
}

/** A picture of its own needs the name space that an element in a page has anyway. */
function sized(svg: string): string {
  return /^<svg[^>]*\sxmlns=/.test(svg)
    ? svg
    : svg.replace(/^\s*<svg/, '<svg xmlns="http://www.w3.org/2000/svg"');
}
