/**
 * Rooted binary trees over named taxa, in words and drawn.
 *
 * @module
 */

/** A taxon, or what is left and right of a root. */
export type Tree = number | readonly [Tree, Tree];

/** Newick without the closing `;`; names that it would misread are quoted. */
export function newick(tree: Tree, names: readonly string[]): string {
  if (typeof tree !== "number") return `(${newick(tree[0], names)},${newick(tree[1], names)})`;
  const name = names[tree]!;
  return /[\s()[\]:;,']/.test(name) ? `'${name.replaceAll("'", "''")}'` : name;
}

/** Trees below each other, roots on the left, taxa in a column: one SVG element. */
export function drawTrees(trees: readonly Tree[], names: readonly string[]): string {
  const levels = (tree: Tree): number =>
    typeof tree === "number" ? 0 : 1 + Math.max(levels(tree[0]), levels(tree[1]));
  const column = 14 * Math.max(...trees.map(levels)) + 10,
    lines: string[] = [],
    words: string[] = [];
  let row = 0;
  /** Draws a tree and says where its root is. */
  const place = (tree: Tree): { x: number; y: number } => {
    if (typeof tree === "number") {
      // A blank is an underscore in Newick.
      const y = 14 * row++ + 10, name = names[tree]!.replaceAll("_", " ");
      const escaped = name.replace(/[&<]/g, (char) => `&#${char.charCodeAt(0)};`);
      words.push(`<text x="${column + 4}" y="${y}" dy=".35em">${escaped}</text>`);
      if (trees.includes(tree)) lines.push(`<path d="M${column - 14} ${y}H${column}"/>`);
      return { x: column, y };
    }
    const a = place(tree[0]), b = place(tree[1]), x = Math.min(a.x, b.x) - 14;
    lines.push(`<path d="M${a.x} ${a.y}H${x}V${b.y}H${b.x}"/>`);
    return { x, y: (a.y + b.y) / 2 };
  };
  trees.forEach(place);
  const width = column + 12 + 6 * Math.max(...names.map((name) => name.length));
  const height = 14 * names.length + 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">` +
    `<g fill="none" stroke="#2b6cb0">${lines.join("")}</g>` +
    `<g font-size="10" font-family="sans-serif" fill="#777">${words.join("")}</g></svg>`;
}
