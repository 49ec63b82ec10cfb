/**
 * A report as one HTML file: nothing is fetched when it is opened, nothing in it runs. Every text of a run or
 * a plugin is escaped, drawings are pictures, and a content security policy forbids whatever got by.
 *
 * @module
 */
import {
  AXES,
  banded,
  counted,
  figureOf,
  legendOf,
  MANY,
  noticesOf,
  swatch,
  tableOf,
} from "./_markup.ts";
import { style } from "./_style.ts";
import { escaped } from "./_text.ts";
import type { Figure, Table } from "./figure.ts";
import { gallery } from "./gallery.ts";
import { seedText } from "./groups.ts";
import type { Report, ReportedGroup, Section } from "./report.ts";
import { hasOneBudget } from "./run_tables.ts";

/** What the browser may do with the page: use its styles and the pictures in it. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

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

function hasCurves(sections: readonly Section[]): boolean {
  return sections.some(({ curves }) => curves.some(({ drawings }) => drawings.length > 1));
}

function contents(sections: readonly Section[]): string {
  const links = sections.map(({ id, name, settings }) =>
    `<li><a href="#${id}">${escaped(name)}</a> <span class="quiet">${escaped(settings)}</span></li>`
  );
  return `<nav aria-label="Environments"><ul>${links.join("")}</ul></nav>`;
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
