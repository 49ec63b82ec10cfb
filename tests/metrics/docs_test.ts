import assert from "node:assert/strict";
import { endEvent, evalEvent, runEvent, trainEvent, warningEvent } from "../../train/events.ts";

Deno.test("docs/metrics.md names every field of the metrics", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  for (const event of [runEvent, trainEvent, evalEvent, warningEvent, endEvent]) {
    for (const field of Object.keys(event.shape)) {
      assert.ok(field === "type" || page.includes(`\`${field}\``), field);
    }
  }
});
