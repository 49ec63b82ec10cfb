/**
 * A report as one HTML file: nothing is fetched when it is opened, nothing in it runs. Every text of a run or
 * a plugin is escaped, drawings are pictures, and a content security policy forbids whatever got by.
 *
 * @module
 */
import { escaped } from "./_text.ts";
import { style } from "./_style.ts";
import { groupColour, groupDash } from "./colours.ts";
import { type Cell, type Figure, type Head, inlineSvg, type Table } from "./figure.ts";
import { gallery } from "./gallery.ts";
import { seedText } from "./groups.ts";
import type { Notice } from "./notice.ts";
import { hasOneBudget } from "./run_tables.ts";
import type { Report, ReportedGroup, Section } from "./report.ts";

/** What the browser may do with the page: use its styles and the pictures in it. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Losses or galleries from which on they are folded away. */
const MANY = 4;

/** The page. */
export function pageOf(report: Report): string {
  const { title, sections, notices, version, runs } = report;
  const many = sections.length > 1;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">To the figures</a>
<header>
<h1>${escaped(title)}</h1>
<p class="quiet">${counted(runs, "run")}${
    many ? ` on ${counted(sections.length, "target")}` : ""
  }, reported by gfn ${escaped(version)}</p>
${many ? contents(sections) : ""}
${hasCurves(sections) ? AXES : ""}
</header>
<main id="main">
${noticesOf(notices)}
${sections.map(sectionOf).join("\n")}
</main>
<footer>Made by <code>gfn report</code> from run folders. Natural logarithms; values in nats unless said.</footer>
</body>
</html>
`;
}

const AXES = `<fieldset><legend>Curves against</legend>
<label><input type="radio" name="by" id="by-trajectories" checked>trajectories</label>
<label><input type="radio" name="by" id="by-seconds">seconds</label>
</fieldset>`;

function hasCurves(sections: readonly Section[]): boolean {
  return sections.some(({ curves }) => curves.some(({ drawings }) => drawings.length > 1));
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function contents(sections: readonly Section[]): string {
  const links = sections.map(({ id, name, settings }) =>
    `<li><a href="#${id}">${escaped(name)}</a> <span class="quiet">${escaped(settings)}</span></li>`
  );
  return `<nav aria-label="Environments"><ul>${links.join("")}</ul></nav>`;
}

function noticesOf(notices: readonly Notice[]): string {
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

function sectionOf(section: Section): string {
  const { id, name, settings, groups, curves, losses, distributions, summary, runs } = section;
  const drawn = groups.filter(({ look }) => look && look.portrait.objects.length > 0);
  const figures = (own: readonly Figure[]) =>
    own.length === 0 ? "" : `<div class="figures">${own.map(figureOf).join("\n")}</div>`;
  const parts = [
    `<h2 id="${id}">${escaped(name)}</h2>
<p class="quiet">${escaped(settings)}</p>
${legendOf(groups)}`,
    `<h3>Where they ended</h3>`,
    tableOf(summary, {
      caption: `The last evaluation: mean over the runs, least..greatest. ${
        hasOneBudget(groups)
          ? "Bold: every run is better than every other setting's."
          : "The runs had not the same trajectories, so that none is called better."
      }`,
      first: (row) => swatch(groups[row]!.place),
      words: 1,
    }),
    ...(curves.length + losses.length > 0 ? ["<h3>Along the runs</h3>", ...banded(groups)] : []),
    ...(losses.length > MANY
      ? [
        figures(curves),
        `<details><summary>${losses.length} losses</summary>${figures(losses)}</details>`,
      ]
      : [figures([...curves, ...losses])]),
    ...(distributions.length > 0
      ? ["<h3>Learned against target</h3>", figures(distributions)]
      : []),
    ...(drawn.length > 0
      ? ["<h3>Drawn objects</h3>", ...drawn.map((group) => objectsOf(group, drawn.length))]
      : []),
    "<h3>Runs</h3>",
    tableOf(runs, {
      caption: "Marked are settings in which runs differ",
      words: runs.head.indexOf("ended") + 1,
    }),
    "<h3>To repeat them</h3>",
    ...groups.map(repeatOf),
  ];
  return `<section aria-labelledby="${id}">\n${parts.join("\n")}\n</section>`;
}

function banded(groups: readonly ReportedGroup[]): string[] {
  return groups.some(({ runs }) => runs.length > 1)
    ? [
      '<p class="quiet">Lines are means over the runs of a setting, bands reach from the least to the greatest.</p>',
    ]
    : [];
}

function swatch(place: number): string {
  return `<span class="swatch" style="background:${groupColour(place)}"></span>`;
}

function legendOf(groups: readonly ReportedGroup[]): string {
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

function figureOf({ id, title, says, alt, drawings, table }: Figure): string {
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

function objectsOf({ label, place, look }: ReportedGroup, galleries: number): string {
  const { run, step, portrait } = look!;
  const title = `<h4>${swatch(place)}${escaped(label)} <span class="of">the first ${
    counted(portrait.objects.length, "object")
  } of ${escaped(seedText(run))} at step ${step}</span></h4>`;
  const shown = gallery(portrait.objects);
  return galleries > MANY
    ? `<details><summary>${title}</summary>${shown}</details>`
    : `${title}\n${shown}`;
}

function repeatOf({ label, place, runs, command }: ReportedGroup): string {
  const { run, path } = runs[0]!;
  const host = runs[0]!.run.host ?? {};
  const facts: [string, unknown][] = [
    ["gfn", run.version],
    ...(run.plugin
      ? [["plugin", run.plugin.reference], ["plugin, SHA-256", run.plugin.sha256]] as const
      : []),
    ...Object.entries(run.files ?? {}).map(([key, hash]) => [`env.${key}, SHA-256`, hash] as const),
    ["settings, SHA-256", run.configHash],
    ...Object.entries(host),
  ].map(([key, value]) => [String(key), value]);
  const versions: Table = {
    head: ["what", "is"],
    rows: facts.map((
      [key, value],
    ) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  };
  return `<h4>${swatch(place)}${escaped(label)}</h4>
<pre>${escaped(command)}</pre>
<details><summary>Versions and machine</summary>${
    tableOf(versions, { caption: `As ${path} has them`, words: 2 })
  }</details>
<details><summary>All settings</summary><pre>${
    escaped(JSON.stringify(run.config, null, 2))
  }</pre></details>`;
}

/** What a table is like. */
interface Look {
  caption: string;
  /** Columns of words, which stand at the left. */
  words: number;
  /** Markup before the first cell of a row. */
  first?: (row: number) => string;
}

function tableOf({ head, rows }: Table, { caption, words, first }: Look): string {
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
  const range = cell.range === "" ? "" : `<br><span class="of">${escaped(cell.range)}</span>`;
  return `${cell.best ? `<strong>${text}</strong>` : text}${range}`;
}
