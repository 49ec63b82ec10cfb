import assert from "node:assert/strict";
import { GfnError } from "../../errors.ts";
import { environments } from "./_environments.ts";
import { neighbours, tryNeighbours, trySubEb } from "./_neighbours.ts";

async function onEach(attempt: (environment: typeof environments[0]) => Promise<number>) {
  let tried = 0;
  for (const environment of environments) {
    try {
      await attempt(environment);
      tried++;
    } catch (error) {
      if (!(error instanceof GfnError && error.code === "E_OBJECTIVE_ENV")) throw error;
    }
  }
  assert.ok(tried > 0);
}

for (const pair of neighbours) {
  Deno.test(pair.says, () => onEach((environment) => tryNeighbours(pair, environment)));
}

Deno.test("Sub-EB with log F for V is SubTB with its policies held", () => onEach(trySubEb));
