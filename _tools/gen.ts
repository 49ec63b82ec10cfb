/**
 * Writes everything that is generated: `deno task gen`. With `--check` nothing is written, and a stale
 * file ends in exit status 1.
 *
 * @module
 */
import { filesIn, registries, registryText } from "./gen_registry.ts";

const root = new URL("../", import.meta.url);

/** The present text of a file, or "" where there is none. */
function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(new URL(path, root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

const onlyCheck = Deno.args.includes("--check");
let stale = 0;

function put(path: string, text: string): void {
  if (onlyCheck) {
    console.error(`${path} is stale: run deno task gen`);
    stale++;
    return;
  }
  Deno.writeTextFileSync(new URL(path, root), text);
  console.error(`wrote ${path}`);
}

for (const registry of registries) {
  const text = registryText(registry, (folder) => filesIn(new URL(`${folder}/`, root)));
  if (readOr(registry.path) !== text) put(registry.path, text);
}
// Reads the registries that were just written.
const { pageText } = await import("./gen_objectives_page.ts");
const { z } = await import("zod");
const { eventSchema } = await import("../train/events.ts");
const published = "docs/metrics.schema.json";
const schemaText = `${JSON.stringify(z.toJSONSchema(eventSchema), null, 2)}\n`;
if (readOr(published) !== schemaText) put(published, schemaText);
const page = "docs/objectives.md", before = readOr(page), after = pageText(before);
if (before !== after) put(page, after);
const { referencePages } = await import("./gen_reference.ts");
for (const [path, text] of Object.entries(referencePages(readOr))) {
  if (readOr(path) !== text) put(path, text);
}
if (stale > 0) Deno.exit(1);
