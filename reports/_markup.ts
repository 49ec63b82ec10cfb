/**
 * The markup that pages are put together from: every text of a run or a plugin is escaped here.
 *
 * @module
 */
import { escaped } from "./_text.ts";
import { groupColour, groupDash } from "./colours.ts";
import { type Cell, type Figure, type Head, inlineSvg, type Table } from "./figure.ts";
import type { Group } from "./groups.ts";
import type { Notice } from "./notice.ts";

/** Losses or galleries from which on they are folded away. */
export const MANY = 4;

/** The switch between axes; all of it is style. */
export const AXES = `<fieldset><legend>Curves against</legend>
<label><input type="radio" name="by" id="by-trajectories" checked>trajectories</label>
<label><input type="radio" name="by" id="by-seconds">seconds</label>
</fieldset>`;

/** A number with its noun. */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** What to know first; "" where there is nothing. */
export function noticesOf(notices: readonly Notice[]): string {
  if (notices.length === 0) return "";
  const items = notices.toSorted((a, b) => Number(a.kind === "note") - Number(b.kind === "note"))
    .map(({ kind, about, message }) =>
      `<li class="${kind}"><strong>${kind === "wrong" ? "Wrong" : "Note"}: ${
        escaped(about)
      }</strong><br>${escaped(message)}</li>`
    );
  return `<section class="notices" aria-labelledby="notices"><h2 id="notices">What to know first</h2><ul>${
    items.join("")
  }</ul></section>`;
}

/** What bands are, where there are any. */
export function banded(groups: readonly Group[]): string[] {
  return groups.some(({ runs }) => runs.length > 1)
    ? [
      '<p class="quiet">Lines are means over the runs of a setting, bands reach from the least to the greatest.</p>',
    ]
    : [];
}

/** The colour of a group. */
export function swatch(place: number): string {
  return `<span class="swatch" style="background:${groupColour(place)}"></span>`;
}

/** Which colour is which group. */
export function legendOf(groups: readonly Group[]): string {
  const items = groups.map(({ label, place, runs }) => {
    const dash = groupDash(place);
    return `<li><svg viewBox="0 0 32 12" aria-hidden="true"><path d="M0 6H32" stroke="${
      groupColour(place)
    }" stroke-width="3"${dash === null ? "" : ` stroke-dasharray="${dash}"`}/></svg>${
      escaped(label)
    } <span class="of">${counted(runs.length, "run")}</span></li>`;
  });
  return `<ul class="legend">${items.join("")}</ul>`;
}

/** A figure with its numbers folded away. */
export function figureOf({ id, title, says, alt, drawings, table }: Figure): string {
  const shown = drawings.map(({ by, drawing }) =>
    `<div${by === null ? "" : ` class="by-${by}"`}>${
      inlineSvg(drawing, by === null ? alt : `${alt} Against ${by}.`)
    }</div>`
  );
  return `<figure aria-labelledby="${escaped(id)}"><h4 id="${escaped(id)}">${escaped(title)}</h4>
${shown.join("\n")}
<figcaption>${escaped(says)}</figcaption>
<details><summary>Numbers</summary>${
    tableOf(table, { caption: title, words: 0 })
  }</details></figure>`;
}

/** What a table is like. */
export interface Look {
  caption: string;
  /** Columns of words, which stand at the left. */
  words: number;
  /** Markup before the first cell of a row. */
  first?: (row: number) => string;
}

/** A table that scrolls by itself. */
export function tableOf({ head, rows }: Table, { caption, words, first }: Look): string {
  const kind = (column: number) => column < words ? ' class="w"' : "";
  const heads = head.map((one, i) => `<th scope="col"${kind(i)}>${headOf(one)}</th>`);
  const lines = rows.map((row, r) =>
    row.map((cell, i) =>
      i === 0
        ? `<th scope="row">${first?.(r) ?? ""}${cellOf(cell)}</th>`
        : `<td${kind(i)}>${cellOf(cell)}</td>`
    ).join("")
  );
  return `<div class="scroll" role="region" tabindex="0" aria-label="${
    escaped(caption)
  }"><table><caption>${escaped(caption)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${
    lines.map((line) => `<tr>${line}</tr>`).join("")
  }</tbody></table></div>`;
}

function headOf(head: Head): string {
  if (typeof head === "string") return escaped(head);
  return `${escaped(head.text)}<br><span class="of">${escaped(head.level)}</span>`;
}

function cellOf(cell: Cell): string {
  if (typeof cell === "string") return escaped(cell);
  const text = escaped(cell.text);
  if ("marked" in cell) return `<mark>${text}</mark>`;
  if ("part" in cell) {
    return `${text}<progress aria-hidden="true" value="${cell.part}" max="${cell.of}"></progress>`;
  }
  if ("pill" in cell) {
    const reason = cell.reason && `<span class="reason">${escaped(cell.reason)}</span>`;
    return `<span class="pill ${escaped(cell.pill)}">${text}</span>${reason}`;
  }
  const range = cell.range === "" ? "" : `<br><span class="of">${escaped(cell.range)}</span>`;
  return `${cell.best ? `<strong>${text}</strong>` : text}${range}`;
}
