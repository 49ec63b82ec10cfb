/**
 * A report as Markdown: tables and figures as numbers, for papers and summaries of continuous integration.
 *
 * @module
 */
import { shortNumber } from "./_text.ts";
import type { Cell, Table } from "./figure.ts";
import { facts } from "./gallery.ts";
import { seedText } from "./groups.ts";
import type { Report, Section } from "./report.ts";

/** Objects of a sampler that are listed. */
const OBJECTS = 5;

/** The text. */
export function markdownOf({ title, version, runs, sections, notices }: Report): string {
  const parts = [
    `# ${plain(title)}`,
    `${runs} ${runs === 1 ? "run" : "runs"}, reported by gfn ${
      plain(version)
    }. Natural logarithms; values in nats unless said.`,
    ...(notices.length > 0
      ? [
        notices.map(({ kind, about, message }) =>
          `- **${kind === "wrong" ? "Wrong" : "Note"}: ${plain(about)}** ${plain(message)}`
        ).join("\n"),
      ]
      : []),
    ...sections.flatMap(sectionOf),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionOf({ name, settings, groups, summary, runs }: Section): string[] {
  const looks = groups.flatMap(({ label, look }) => look ? [{ label, ...look }] : []);
  const exact = looks.flatMap(({ label, run, step, portrait: { exact } }) =>
    exact ? [{ label, run, step, exact }] : []
  );
  const listed = looks.filter(({ portrait: { objects } }) => objects[0]?.text !== undefined);
  return [
    `## ${plain(name)}`,
    ...(settings === "" ? [] : [plain(settings)]),
    "### Where they ended",
    tableOf(summary),
    ...(exact.length > 0
      ? [
        "### Learned against target",
        tableOf({
          head: ["settings", "checkpoint", "TV", "entropy", "target's entropy", "objects"],
          rows: exact.map(({ label, run, step, exact }) => [
            ...[label, `${seedText(run)}, step ${step}`, shortNumber(exact.tv)],
            ...[shortNumber(exact.entropy), shortNumber(exact.targetEntropy)],
            shortNumber(exact.objects),
          ]),
        }),
      ]
      : []),
    ...(listed.length > 0
      ? [
        "### Drawn objects",
        tableOf({
          head: ["settings", "object", "numbers"],
          rows: listed.flatMap(({ label, portrait: { objects } }) =>
            objects.slice(0, OBJECTS).map((
              object,
            ) => [label, object.text ?? "", facts(object).join(", ")])
          ),
        }),
      ]
      : []),
    "### Runs",
    tableOf(runs),
    "### To repeat them",
    ...groups.map(({ label, command }) => `${plain(label)}:\n\n${codeBlock(command)}`),
  ];
}

function tableOf({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(
      head.map((one) => typeof one === "string" ? plain(one) : plain(`${one.text} (${one.level})`)),
    ),
    line(head.map(() => "---")),
    ...rows.map((row) => line(row.map(cellOf))),
  ].join("\n");
}

function cellOf(cell: Cell): string {
  if (typeof cell === "string") return plain(cell);
  if ("marked" in cell) return `*${plain(cell.text)}*`;
  if (!("range" in cell)) return plain(cell.text);
  const range = cell.range === "" ? "" : ` (${plain(cell.range)})`;
  return `${cell.best ? `**${plain(cell.text)}**` : plain(cell.text)}${range}`;
}

/** Text that Markdown shows as it is, on one line: no mark-up, link, mention or HTML comes of it. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/[\\`*_{}[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replace(/[@#](?=\w)|!(?=\\\[)/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/(https?):\/\//g, "$1:&#47;/");
}

/** Code between fences longer than any in it. */
function codeBlock(code: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${code}\n${fence}`;
}
