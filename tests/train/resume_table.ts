/**
 * Prints which runs go on bit for bit: `deno task resumes`.
 *
 * @module
 */
import { objectives } from "../../objectives/_registry.ts";
import { compareResumed, plugins, settings } from "./_resumes.ts";

const places = Object.keys(plugins) as (keyof typeof plugins)[];
let compared = 0;
console.log(["objective".padEnd(16), ...places.map((place) => place.padEnd(34))].join(""));
for (const objective of Object.keys(objectives)) {
  const cells: string[] = [];
  for (const place of places) {
    let equal = 0, breaks = 0;
    const refused: string[] = [];
    for (const changes of Object.values(settings)) {
      const outcome = await compareResumed(place, objective, changes);
      if ("refused" in outcome) refused.push(outcome.refused);
      else {
        equal++;
        breaks += outcome.equal.length;
      }
    }
    compared += breaks;
    const none = refused.length > 0 ? `, ${refused.length} refused` : "";
    cells.push(
      (equal === 0 ? refused[0]! : `${equal} settings, ${breaks} equal${none}`).padEnd(34),
    );
  }
  console.log([objective.padEnd(16), ...cells].join(""));
}
console.log(`${compared} runs gone on with, 0 differ`);
