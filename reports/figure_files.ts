/**
 * The figures of a report as files, each drawing one: SVG, or PNG of twice as many pixels.
 *
 * @module
 */
import { light } from "./colours.ts";
import { svgFile } from "./figure.ts";
import type { Report } from "./report.ts";

/** Files by name. */
export async function figureFiles(
  { sections }: Report,
  format: "svg" | "png",
): Promise<Record<string, string | Uint8Array>> {
  const texts = sections.flatMap(({ name, curves, losses, distributions }, i) =>
    [...curves, ...losses, ...distributions].flatMap(({ id, title, alt, drawings }) =>
      drawings.map(({ by, drawing }) => {
        const parts = [
          ...(sections.length > 1 ? [i + 1] : []),
          ...[fileName(name), fileName(id.replace(/^e\d+-/, ""))],
          ...(by === null ? [] : [by]),
        ];
        return [`${parts.join("-")}.${format}`, svgFile({ title, alt }, drawing, light)] as const;
      })
    )
  );
  if (format === "svg") return Object.fromEntries(texts);
  const { openPainter } = await import("./_png.ts");
  const paint = await openPainter();
  return Object.fromEntries(texts.map(([name, svg]) => [name, paint(svg)]));
}

/** What a name may be in any file system. */
function fileName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-|-$/g, "") || "x";
}
