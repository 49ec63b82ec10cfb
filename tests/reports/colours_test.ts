import assert from "node:assert/strict";
import { dark, filledIn, heat, light, type Palette } from "../../reports/colours.ts";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

Deno.test("text and lines of both palettes stand out from the paper by 4.5", () => {
  for (const palette of [light, dark] as Palette[]) {
    for (const [name, colour] of Object.entries(palette)) {
      if (name === "paper" || name === "rule") continue;
      const found = contrast(colour, palette.paper!);
      assert.ok(found >= 4.5, `${name} ${colour}: ${found.toFixed(2)}`);
    }
  }
  assert.deepEqual(Object.keys(dark), Object.keys(light));
});

Deno.test("heat() grows lighter all the way", () => {
  let last = -1;
  for (let i = 0; i <= 50; i++) {
    const own = luminance(heat(i / 50));
    assert.ok(own > last, `${i}`);
    last = own;
  }
});

Deno.test("filledIn() leaves names that are none alone", () => {
  assert.equal(filledIn("var(--g0) var(--none)", light), `${light.g0} var(--none)`);
});
