/**
 * `gfn sample`: objects of a trained sampler, one a line, as many as wanted.
 *
 * @module
 */
import { GfnError } from "../errors.ts";
import { readObjects } from "../store/objects_file.ts";
import { DrawingFolder, type Drawn } from "../store/drawing_folder.ts";
import type { SampledObject } from "../trained/sampled_object.ts";
import { printData, say } from "./_print.ts";
import { openAsked, type SamplerArguments } from "./_sampler.ts";

/** What the command line says. */
export interface SampleArguments extends SamplerArguments {
  count: number;
  seed: number;
  format: "jsonl" | "csv";
  actions: boolean;
  /** Folder that drawings are written to. */
  svg: string | undefined;
  /** File of objects that trajectories are sampled back from. */
  backward: string | undefined;
}

/** Samples. Returns the exit status. */
export async function sampleCommand(args: SampleArguments): Promise<number> {
  const { count, seed, format, backward } = args;
  const ends = backward === undefined ? null : readObjects(backward);
  const actions = args.actions ? "with actions" : "without actions";
  const drawings = args.svg === undefined ? "without drawings" : "with drawings";
  using sampler = await openAsked(args);
  const print = printer(format), request = { count, seed, ends, actions, drawings } as const;
  let folder: DrawingFolder | null = null;
  try {
    for await (const objects of sampler.sample(request)) {
      if (args.svg !== undefined) {
        folder ??= new DrawingFolder(args.svg);
        for (const object of objects) folder.add(drawn(object));
      }
      if (!print(objects.map(({ drawing: _, ...object }) => object))) break;
    }
  } finally {
    folder?.close();
  }
  if (folder) {
    say(`${folder.count} drawings in ${args.svg}, all of them on ${args.svg}/index.html`);
  }
  return 0;
}

function drawn({ drawing = "", text, logReward }: SampledObject): Drawn {
  return {
    drawing,
    caption: [
      ...(text === undefined ? [] : [text]),
      `log R ${typeof logReward === "number" ? Number(logReward.toPrecision(6)) : logReward}`,
    ],
  };
}

/** Prints chunk after chunk; false when nobody reads any more, as `head` does when it has enough. */
function printer(
  format: SampleArguments["format"],
): (objects: readonly SampledObject[]) => boolean {
  let isFirst = true;
  return (objects) => {
    const lines = format === "csv"
      ? [...(isFirst ? [Object.keys(objects[0]!).join(",")] : []), ...objects.map(csvLine)]
      : objects.map((object) => JSON.stringify(object));
    isFirst = false;
    try {
      printData(lines.join("\n"));
      return true;
    } catch (error) {
      if (error instanceof GfnError && error.cause instanceof Deno.errors.BrokenPipe) return false;
      throw error;
    }
  };
}

/** RFC 4180; words and actions are laid out with spaces. */
function csvLine(object: SampledObject): string {
  return Object.values(object).map((value) => {
    const text = Array.isArray(value) ? value.join(" ") : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(",");
}
