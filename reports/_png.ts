/**
 * From SVG to pixels, with resvg and a font of its own: the system's are not read, which needs no permission
 * and gives the same bytes everywhere.
 *
 * @module
 */
import bold from "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf" with {
  type: "bytes",
};
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf" with {
  type: "bytes",
};
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import wasm from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };

/** Pixels to a unit of an SVG, as on a dense screen. */
const SCALE = 2;

let ready: Promise<void> | undefined;

/** Makes a painter of SVG files. */
export async function openPainter(): Promise<(svg: string) => Uint8Array> {
  await (ready ??= initWasm(wasm));
  return (svg) => {
    const drawn = new Resvg(svg.replace(/font-family="[^"]*"/g, 'font-family="Inter"'), {
      fitTo: { mode: "zoom", value: SCALE },
      font: { fontBuffers: [regular, bold], defaultFontFamily: "Inter", sansSerifFamily: "Inter" },
    });
    const image = drawn.render();
    try {
      return image.asPng();
    } finally {
      image.free();
      drawn.free();
    }
  };
}
