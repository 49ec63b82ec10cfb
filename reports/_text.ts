/**
 * Text on its way into markup, and numbers on their way into text.
 *
 * @module
 */

/**
 * What XML has no place for, and what turns the direction of writing: shown, and not done. Control
 * characters, halves of characters, marks of direction.
 */
const UNFIT = /[^\P{Cc}\t\n\r]|\p{Cs}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Text that markup shows as it is, inside elements and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(UNFIT, "\ufffd").replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A number with four digits; a dash where there is none. */
export function shortNumber(x: number | null | undefined): string {
  if (x === null || x === undefined || Number.isNaN(x)) return "-";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < 1e15) return grouped(x);
  const [digits, exponent] = x.toPrecision(4).split("e");
  const trimmed = digits!.includes(".") ? digits!.replace(/\.?0+$/, "") : digits!;
  return exponent === undefined ? trimmed : `${trimmed}e${Number(exponent)}`;
}

/** A whole number with commas between thousands. */
function grouped(x: number): string {
  return String(x).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** The first characters of a text that is long. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
