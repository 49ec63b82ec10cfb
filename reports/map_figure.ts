/**
 * The figure of a grid: the mass that the target and samplers have on the values of two fields.
 *
 * @module
 */
import { WIDTH } from "./_charts.ts";
import { cut, escaped, shortNumber } from "./_text.ts";
import { groupColour, heat } from "./colours.ts";
import type { Drawing, Figure } from "./figure.ts";
import type { ExactLook } from "./rank_figure.ts";

/** Colours told apart. */
const LEVELS = 40;
const GAP = 14, HEAD = 22;

interface Panel {
  title: string;
  colour: string;
  mass: readonly number[];
}

/** Draws; null where the objects are no grid. */
export function mapFigure(id: string, looks: readonly ExactLook[], from: string): Figure | null {
  const maps = looks.flatMap(({ label, place, exact: { map } }) =>
    map ? [{ label, place, map }] : []
  );
  const first = maps[0]?.map;
  if (first === undefined) return null;
  const { columns, rows, fields } = first;
  const panels: Panel[] = [
    { title: "target", colour: "var(--ink)", mass: first.target },
    ...maps.map(({ label, place, map }) => ({
      title: label,
      colour: groupColour(place),
      mass: map.sampler,
    })),
  ];
  const most = Math.max(...panels.flatMap(({ mass }) => mass));
  const summed = fields > 2
    ? ` The mass is summed over the other ${fields - 2} of ${fields} fields.`
    : "";
  return {
    id,
    title: fields > 2 ? "Mass over the first two coordinates" : "Mass over the grid",
    says:
      `Where the target has its probability, and where samplers put theirs, in one scale of colours that grows like the square root.${summed} ${from}`,
    alt: `Heat maps of ${columns} by ${rows} cells: ${
      panels.map(({ title, mass }) =>
        `${title}, at most ${shortNumber(Math.max(...mass))} in a cell`
      )
        .join("; ")
    }.`,
    drawings: [{ by: null, drawing: draw(panels, columns, rows, most) }],
    table: {
      head: ["first", "second", ...panels.map(({ title }) => title)],
      rows: heaviest(first.target, columns).map(({ x, y, at }) => [
        String(x),
        String(y),
        ...panels.map(({ mass }) => shortNumber(mass[at])),
      ]),
    },
  };
}

/** Cells of the table at most: those where the target has most. */
const MOST_CELLS = 100;

function heaviest(target: readonly number[], columns: number) {
  return Array.from(target.keys()).sort((a, b) => target[b]! - target[a]! || a - b)
    .slice(0, MOST_CELLS).map((at) => ({ x: at % columns, y: Math.floor(at / columns), at }));
}

function draw(panels: readonly Panel[], columns: number, rows: number, most: number): Drawing {
  const across = Math.min(panels.length > 6 ? 4 : 3, panels.length),
    down = Math.ceil(panels.length / across);
  const width = WIDTH, side = (width - (across + 1) * GAP) / across;
  const cell = side / Math.max(columns, rows);
  const panelHeight = HEAD + rows * cell + 26, height = down * panelHeight + 44;
  const parts = panels.map(({ title, colour, mass }, i) => {
    const left = GAP + i % across * (side + GAP), top = Math.floor(i / across) * panelHeight;
    return `<g transform="translate(${left},${top})"><text y="15" fill="${colour}" font-weight="600">${
      escaped(cut(title, Math.floor(side / 8)))
    }</text><g transform="translate(0,${HEAD}) scale(${cell})"><rect width="${columns}" height="${rows}" fill="${
      heat(0)
    }"/>${cells(mass, columns, rows, most)}</g>${axis(columns, rows * cell + HEAD, cell)}</g>`;
  });
  return {
    width,
    height,
    markup: `<g font-size="12" fill="var(--muted)">${parts.join("")}${
      scaleBar(down * panelHeight, most)
    }</g>`,
  };
}

/** The cells of one colour are one path, and neighbours in a row one stroke of it. The first row is below. */
function cells(mass: readonly number[], columns: number, rows: number, most: number): string {
  const paths = new Map<number, string>();
  const level = (x: number, y: number) =>
    Math.round(Math.sqrt(mass[y * columns + x]! / most) * LEVELS);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns;) {
      const own = level(x, y), from = x;
      while (x < columns && level(x, y) === own) x++;
      if (own === 0) continue;
      const stroke = `M${from} ${rows - 1 - y}h${x - from}v1h${from - x}z`;
      paths.set(own, (paths.get(own) ?? "") + stroke);
    }
  }
  return [...paths].sort(([a], [b]) => a - b).map(([own, d]) =>
    `<path d="${d}" fill="${heat(own / LEVELS)}" shape-rendering="crispEdges"/>`
  ).join("");
}

function axis(columns: number, bottom: number, cell: number): string {
  return `<text x="0" y="${bottom + 15}">0</text><text x="${columns * cell}" y="${
    bottom + 15
  }" text-anchor="end">${columns - 1}</text>`;
}

function scaleBar(top: number, most: number): string {
  const left = GAP, length = 200, steps = 40;
  const blocks = Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${left + i * length / steps}" y="${top + 4}" width="${
        length / steps + 0.5
      }" height="10" fill="${heat((i + 0.5) / steps)}"/>`,
  );
  const tick = (share: number, anchor: string) =>
    `<text x="${left + share * length}" y="${top + 29}" text-anchor="${anchor}">${
      Number((share * share * most).toPrecision(2))
    }${share === 1 ? " of the mass in a cell" : ""}</text>`;
  return `${blocks.join("")}${tick(0, "start")}${tick(0.5, "middle")}${tick(1, "start")}`;
}
