import assert from "node:assert/strict";
import { GfnError } from "../../errors.ts";
import { environments } from "./_environments.ts";
import { laws } from "./_laws.ts";
import { registeredSubjects } from "./_subjects.ts";

const subjects = registeredSubjects();

for (const group of new Set(subjects.map(({ group }) => group))) {
  for (const law of laws) {
    Deno.test(`${group}: ${law.says}`, async () => {
      let tried = 0;
      for (const subject of subjects.filter((subject) => subject.group === group)) {
        for (const environment of environments) {
          try {
            await law.try(subject, environment);
            tried++;
          } catch (error) {
            if (error instanceof GfnError && error.code === "E_OBJECTIVE_ENV") continue;
            throw new Error(`${group} ${subject.variant} on ${environment.name}`, { cause: error });
          }
        }
      }
      assert.ok(tried > 0);
    });
  }
}
