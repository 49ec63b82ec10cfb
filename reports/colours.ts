/**
 * The colours of figures: names while they are drawn, which a page defines for light and dark, and a file of
 * its own has filled in.
 *
 * @module
 */

/** Colours by name for one theme. `g0`.. are those of groups. */
export type Palette = Readonly<Record<string, string>>;

/** On white. Lines stand out from the paper by a contrast of 4.5 or more, and are told apart in grey too. */
export const light: Palette = {
  paper: "#ffffff",
  ink: "#1c2430",
  muted: "#566070",
  rule: "#dfe3e8",
  g0: "#1f5fbf",
  g1: "#c2410c",
  g2: "#0f766e",
  g3: "#8b2fa8",
  g4: "#8a6100",
  g5: "#be185d",
  g6: "#3f7d20",
  g7: "#4b5563",
};

/** On near-black, likewise. */
export const dark: Palette = {
  paper: "#171c24",
  ink: "#e8ecf2",
  muted: "#a3adba",
  rule: "#323a46",
  g0: "#79aef5",
  g1: "#fb9a5b",
  g2: "#4fd1c0",
  g3: "#d59bf0",
  g4: "#e3bd55",
  g5: "#f58ab8",
  g6: "#9bd674",
  g7: "#b6bfcc",
};

const GROUPS = 8;

/** The colour of a group by its place, as a name that is filled in later. */
export function groupColour(place: number): string {
  return `var(--g${place % GROUPS})`;
}

/** The dashes of a group: beyond as many groups as there are colours, lines are told apart by them. */
export function groupDash(place: number): string | null {
  return [null, "7 3", "2 3", "9 3 2 3"][Math.floor(place / GROUPS) % 4] ?? null;
}

/** Markup with its colour names filled in. */
export function filledIn(markup: string, palette: Palette): string {
  return markup.replace(/var\(--(\w+)\)/g, (whole, name) => palette[name] ?? whole);
}

/** The definitions of a palette in CSS. */
export function cssOf(palette: Palette): string {
  return Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`).join(";");
}

/** Dark to light over 0..1, even to the eye and in grey: anchors of the scale known as viridis. */
const HEAT = [
  ...["#440154", "#482878", "#3e4989", "#31688e", "#26828e"],
  ...["#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
];

/** The colour of a share between 0 and 1. */
export function heat(share: number): string {
  const at = Math.min(Math.max(share, 0), 1) * (HEAT.length - 1);
  const below = Math.min(Math.floor(at), HEAT.length - 2), t = at - below;
  const channel = (colour: string, i: number) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) =>
    Math.round((1 - t) * channel(HEAT[below]!, i) + t * channel(HEAT[below + 1]!, i))
  );
  return `#${mixed.map((x) => x.toString(16).padStart(2, "0")).join("")}`;
}
