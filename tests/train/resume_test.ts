import assert from "node:assert/strict";
import { objectives } from "../../objectives/_registry.ts";
import { compareResumed, plugins, type Resumed, settings } from "./_resumes.ts";

const places = Object.keys(plugins) as (keyof typeof plugins)[];
const steps = [3, 6, 9, 12];

for (const objective of Object.keys(objectives)) {
  for (const place of places) {
    Deno.test(`${objective} on ${place} goes on bit for bit`, async () => {
      const outcomes: Record<string, Resumed> = {};
      for (const [name, changes] of Object.entries(settings)) {
        outcomes[name] = await compareResumed(place, objective, changes);
      }
      const ran = Object.values(outcomes).filter((outcome) => "equal" in outcome);
      for (const outcome of ran) assert.deepEqual(outcome, { equal: steps });
      // An objective that asks for what the environment has not is refused whatever the settings.
      if ("refused" in outcomes.plain!) assert.equal(ran.length, 0);
      else assert.ok(ran.length >= 2, JSON.stringify(outcomes));
    });
  }
}
