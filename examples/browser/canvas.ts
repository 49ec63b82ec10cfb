/**
 * What all figures need of a canvas: sharp on any screen, in the colours of the page.
 *
 * @module
 */

/** A canvas ready to be drawn on, in CSS pixels. */
export interface Sheet {
  pen: CanvasRenderingContext2D;
  width: number;
  height: number;
}

/** Clears a canvas and fits it to the place that it has on the page; null where that has no size. */
export function sheetOf(canvas: HTMLCanvasElement): Sheet | null {
  const { clientWidth: width, clientHeight: height } = canvas, pen = canvas.getContext("2d");
  if (!pen || width === 0 || height === 0) return null;
  const dots = globalThis.devicePixelRatio || 1;
  const w = Math.round(width * dots), h = Math.round(height * dots);
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '12px system-ui, "Segoe UI", sans-serif';
  pen.lineJoin = "round";
  return { pen, width, height };
}

/** The colours of the page, by the names that the style sheet gives them. */
export interface Theme {
  ink: string;
  muted: string;
  rule: string;
  paper: string;
  /** Of trajectories. */
  path: string;
  /** Of the first run and the second. */
  runs: readonly [string, string];
  /** From nothing to most, even steps. */
  heat: readonly string[];
}

/** Reads the colours as they are now: they follow the reader's choice of light or dark. */
export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ...{ ink: of("ink"), muted: of("muted"), rule: of("rule"), paper: of("paper") },
    path: of("path"),
    runs: [of("run-a"), of("run-b")],
    heat: [0, 1, 2, 3, 4, 5].map((i) => of(`heat-${i}`)),
  };
}

/** The colour of a share from 0 to 1, as red, green and blue. */
export function heatOf({ heat }: Theme, share: number): [number, number, number] {
  const at = share * (heat.length - 1), below = Math.min(Math.floor(at), heat.length - 2);
  const channel = (i: number, place: number) =>
    parseInt(heat[i]!.slice(1 + 2 * place, 3 + 2 * place), 16);
  const mixed = (place: number) =>
    (1 - (at - below)) * channel(below, place) + (at - below) * channel(below + 1, place);
  return [mixed(0), mixed(1), mixed(2)];
}
