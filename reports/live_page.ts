/**
 * The page of `gfn watch`: the figures and tables of the report, each in a part that can be put in the place
 * of the one before. The page's own script does that and nothing else; the policy knows it by its hash.
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
import { escaped, shortNumber } from "./_text.ts";
import { along } from "./along.ts";
import type { Cell, Figure } from "./figure.ts";
import { seedText } from "./groups.ts";
import { liveScript } from "./live_script.ts";
import { durationText, type Progress, progressOf, silenceText } from "./live_state.ts";
import { measures } from "./measures.ts";
import type { Report, Section } from "./report.ts";
import type { ReportedRun } from "./reported_run.ts";
import { hasOneBudget } from "./run_tables.ts";

/** Markup that stays, or a part that changes by itself. */
export type Piece = string | { id: string; html: string };

/** Seconds since the last line of a run was written; null where it has no metrics yet. */
export type AgeOf = (path: string) => number | null;

const STYLE = `
.part{display:contents}
.part>.notices{margin-top:1.5rem}
.pill{display:inline-block;padding:0 .6rem;border-radius:1rem;border:1px solid var(--rule);font-weight:600}
.running{color:var(--note);border-color:var(--note)}
.failed,.silent{color:var(--wrong);border-color:var(--wrong)}
td progress{width:5rem;height:.6rem;vertical-align:middle;margin-left:.5rem;accent-color:var(--note)}
.reason{display:block;white-space:normal;min-width:12rem;color:var(--wrong)}
#link{min-height:1.5em;margin:.25rem 0}
.lost #link{color:var(--wrong);font-weight:600}
.lost main{opacity:.6}
@media (max-width:40rem){td progress{display:block;margin:0 0 0 auto}}`;

/**
 * The whole page.
 *
 * @param place where in the stream of changes it stands, as the stream has it
 */
export function livePage(report: Report | null, pieces: readonly Piece[], place: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(`gfn watch: ${report?.title ?? "no run yet"}`)}</title>
<style>${style}${STYLE}</style>
</head>
<body data-place="${escaped(place)}">
<a class="skip" href="#main">To the figures</a>
<header>
<h1>gfn watch</h1>
<p id="link" class="quiet" role="status">connecting</p>
${AXES}
</header>
<main id="main">${markupOf(pieces)}</main>
<footer>Made by <code>gfn watch</code> from run folders as they are written. Natural logarithms; values in nats unless said.</footer>
<script>${liveScript}</script>
</body>
</html>
`;
}

/** What stands in the main part of the page. */
export function markupOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) =>
    typeof piece === "string" ? piece : `<div class="part" id="${piece.id}">${piece.html}</div>`
  ).join("\n");
}

/** The pieces of a page without a run. */
export function emptyPieces(waitingFor: readonly string[]): Piece[] {
  return [
    `<section><h2>No run yet</h2><p>Waiting for run folders in ${
      waitingFor.map((path) => `<code>${escaped(path)}</code>`).join(", ")
    }; they appear here by themselves.</p></section>`,
  ];
}

/** The pieces of a report of runs that go on. */
export function livePieces({ sections, notices }: Report, ageOf: AgeOf): Piece[] {
  return [
    { id: "p-notices", html: noticesOf(notices) },
    ...sections.flatMap((section) => sectionPieces(section, ageOf)),
  ];
}

function sectionPieces(section: Section, ageOf: AgeOf): Piece[] {
  const { id, name, settings, groups, curves, losses, summary } = section;
  const part = (name: string, html: string): Piece => ({ id: `p-${id}-${name}`, html });
  const figures = (own: readonly Figure[]): Piece[] =>
    own.length === 0 ? [] : [
      '<div class="figures">',
      ...own.map((figure): Piece => ({ id: `p-${escaped(figure.id)}`, html: figureOf(figure) })),
      "</div>",
    ];
  return [
    `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(name)}</h2>
<p class="quiet">${escaped(settings)}</p>`,
    part("legend", legendOf(groups)),
    "<h3>Runs</h3>",
    part("runs", runsOf(section, ageOf)),
    ...(curves.length + losses.length > 0 ? ["<h3>Along the runs</h3>", ...banded(groups)] : []),
    ...(losses.length > MANY
      ? [
        ...figures(curves),
        `<details><summary>${losses.length} losses</summary>`,
        ...figures(losses),
        "</details>",
      ]
      : figures([...curves, ...losses])),
    "<h3>Where they stand</h3>",
    part(
      "summary",
      tableOf(summary, {
        caption: `The last evaluation: mean over the runs, least..greatest. ${
          hasOneBudget(groups)
            ? "Bold: every run is better than every other setting's."
            : "The runs have not the same trajectories, so that none is called better."
        }`,
        first: (row) => swatch(groups[row]!.place),
        words: 1,
      }),
    ),
    "</section>",
  ];
}

/** The table of runs: how each is doing. */
function runsOf({ groups }: Section, ageOf: AgeOf): string {
  const runs = groups.flatMap(({ label, place, runs }) =>
    runs.map((run) => ({ label, place, run, progress: progressOf(run, ageOf(run.path)) }))
  );
  const shown = measures.filter(({ id }) => ["tv", "elbo-samples"].includes(id))
    .filter(({ of }) => runs.some(({ run }) => along(run, of).length > 0));
  const counts = [...Map.groupBy(runs, ({ progress }) => progress.state.state)]
    .map(([state, own]) => `${own.length} ${state}`);
  return tableOf({
    head: [
      ...["settings", "state", "step", "ETA"],
      ...shown.map(({ short }) => `${short}, last`),
      ...["trajectories/s", "run"],
    ],
    rows: runs.map(({ label, run, progress }): Cell[] => [
      { text: label, range: seedText(run), best: false },
      ...[stateCell(progress), stepCell(run)],
      progress.eta === null ? "-" : durationText(progress.eta),
      ...shown.map(({ of }) => shortNumber(along(run, of).at(-1)?.value)),
      ...[shortNumber(rounded(progress.trajectoriesPerSecond)), run.path],
    ]),
  }, {
    caption: `${counted(runs.length, "run")}: ${counts.join(", ")}`,
    first: (row) => swatch(runs[row]!.place),
    words: 2,
  });
}

function rounded(x: number | null): number | null {
  return x === null ? null : Math.round(x);
}

function stateCell({ state }: Progress): Cell {
  const { state: name } = state;
  const text = state.state === "silent" ? `silent for ${silenceText(state.seconds)}` : name;
  return { text, pill: name, reason: state.state === "failed" ? state.message : "" };
}

function stepCell({ step, run: { config: { steps } } }: ReportedRun): Cell {
  const most = Number(steps);
  return { text: `${shortNumber(step)} of ${shortNumber(most)}`, part: step, of: most };
}
