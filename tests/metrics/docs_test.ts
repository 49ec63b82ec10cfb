import assert from "node:assert/strict";
import {
  checkpointEvent,
  endEvent,
  evalEvent,
  runEvent,
  trainEvent,
  warningEvent,
} from "../../train/events.ts";
import { assessment } from "../../trained/assessment.ts";
import { featureMarginals } from "../../trained/feature_marginals.ts";
import { sampledObject } from "../../trained/sampled_object.ts";

Deno.test("docs/metrics.md names every field of the metrics", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  const events = [runEvent, trainEvent, evalEvent, checkpointEvent, warningEvent, endEvent];
  for (const event of [...events, assessment, featureMarginals, sampledObject]) {
    for (const field of Object.keys(event.shape)) {
      assert.ok(field === "type" || page.includes(`\`${field}\``), field);
    }
  }
});
