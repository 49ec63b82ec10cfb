/**
 * The figure of directed graphs: how probable each edge is under the target and under samplers.
 *
 * @module
 */
import { WIDTH } from "./_charts.ts";
import { cut, escaped, shortNumber } from "./_text.ts";
import { groupColour, heat } from "./colours.ts";
import type { Drawing, Figure } from "./figure.ts";
import type { ExactLook } from "./rank_figure.ts";

/** Room for a title, for names at the left, and for names above where they lie or stand. */
const HEAD = 22, LEFT = 58, LYING = 16, STANDING = 56;
/** Letters of a name, and the width of one. */
const LETTERS = 8, LETTER = 6.5;
/** Side from which on a cell has room for its number. */
const NUMBERED = 22;
/** Share from which on a colour is light. */
const LIGHT = 0.6;

interface Panel {
  title: string;
  colour: string;
  edge: readonly number[];
}

/** Draws; null where the objects are no directed graphs, or graphs of many nodes. */
export function edgeFigure(id: string, looks: readonly ExactLook[], from: string): Figure | null {
  const graphs = looks.flatMap(({ label, place, exact: { edges } }) =>
    edges ? [{ label, place, edges }] : []
  );
  const first = graphs[0]?.edges;
  if (first === undefined) return null;
  const { nodes } = first, n = nodes.length;
  const panels: Panel[] = [
    { title: "target", colour: "var(--ink)", edge: first.target },
    ...graphs.map(({ label, place, edges }) => ({
      title: label,
      colour: groupColour(place),
      edge: edges.sampler,
    })),
  ];
  const apart = (edge: readonly number[]) =>
    Math.max(...edge.map((p, e) => Math.abs(p - first.target[e]!)));
  return {
    id,
    title: "Probability of each edge",
    says:
      `How probable an edge is from the node of a row to the node of a column, from 0, dark, to 1, light. ${from}`,
    alt: `Heat maps of the edges between ${n} nodes: ${
      panels.map(({ title, edge }, i) =>
        i === 0 ? title : `${title}, at most ${shortNumber(apart(edge))} from the target`
      ).join("; ")
    }.`,
    drawings: [{ by: null, drawing: draw(panels, nodes) }],
    table: {
      head: ["edge", ...panels.map(({ title }) => title)],
      rows: likeliest(first.target, n).map((e) => [
        `${nodes[Math.floor(e / n)]} → ${nodes[e % n]}`,
        ...panels.map(({ edge }) => shortNumber(edge[e])),
      ]),
    },
  };
}

/** Every edge, those first that the target thinks likeliest. */
function likeliest(target: readonly number[], n: number): number[] {
  return Array.from(target.keys()).filter((e) => e % (n + 1) !== 0)
    .sort((a, b) => target[b]! - target[a]! || a - b);
}

function draw(panels: readonly Panel[], nodes: readonly string[]): Drawing {
  const n = nodes.length, across = Math.min(2, panels.length), side = WIDTH / across - LEFT - 8;
  const cell = side / n, longest = Math.max(...nodes.map((name) => [...name].length));
  const above = longest * LETTER <= cell ? LYING : STANDING;
  const panelHeight = HEAD + above + side + 16;
  const parts = panels.map(({ title, colour, edge }, i) => {
    const left = i % across * (WIDTH / across), top = Math.floor(i / across) * panelHeight;
    return `<g transform="translate(${left},${top})"><text x="${LEFT}" y="15" fill="${colour}" font-weight="600">${
      escaped(cut(title, Math.floor(side / 8)))
    }</text><g transform="translate(${LEFT},${HEAD + above})" font-size="11">${
      names(nodes, cell, above)
    }${cells(edge, n, cell)}</g></g>`;
  });
  return {
    width: WIDTH,
    height: Math.ceil(panels.length / across) * panelHeight,
    markup: `<g font-size="12" fill="var(--muted)">${parts.join("")}</g>`,
  };
}

function names(nodes: readonly string[], cell: number, above: number): string {
  return nodes.map((name, i) => {
    const middle = (i + 0.5) * cell, shown = escaped(cut(name, LETTERS));
    const column = above === LYING
      ? `<text x="${middle}" y="-5" text-anchor="middle">${shown}</text>`
      : `<text transform="translate(${middle + 4},-5) rotate(-90)">${shown}</text>`;
    return `<text x="-5" y="${middle + 4}" text-anchor="end">${shown}</text>${column}`;
  }).join("");
}

/** Cells of all edges; on the diagonal there are none. */
function cells(edge: readonly number[], n: number, cell: number): string {
  return edge.map((p, e) => {
    const i = Math.floor(e / n), j = e % n;
    if (i === j) return "";
    const square = `<path d="M${j * cell} ${i * cell}h${cell}v${cell}h${-cell}z" fill="${
      heat(p)
    }"/>`;
    if (cell < NUMBERED) return square;
    return `${square}<text x="${(j + 0.5) * cell}" y="${
      (i + 0.5) * cell + 4
    }" text-anchor="middle" fill="${p < LIGHT ? "#fff" : "#000"}">${p.toFixed(2)}</text>`;
  }).join("");
}
