import assert from "node:assert/strict";
import { ModesFound } from "../../metrics/modes_found.ts";
import type { Environment } from "../../plugins/contract.ts";
import { open } from "../envs/_env.ts";

type Abilities = { [K in "enumeration" | "modesOf"]?: Environment[K] | undefined };

/** The grid, every state a mode, with these abilities in place of its own. */
async function gridWith(abilities: Abilities): Promise<Environment> {
  const environment = await open("hypergrid", { dims: 2, side: 8 });
  const changes = { isMode: () => true, ...abilities };
  return Object.create(
    environment,
    Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, { value }])),
  );
}

const kinds: [what: string, abilities: Abilities][] = [
  ["indices", {}],
  ["words", { enumeration: undefined }],
  ["numbers of modes", { modesOf: (states, at) => [states[at]!, 8 + states[at + 1]!] }],
];

for (const [what, abilities] of kinds) {
  Deno.test(`modes are told apart by ${what} and survive a checkpoint`, async () => {
    const environment = await gridWith(abilities), modes = new ModesFound(environment);
    const states = Int32Array.of(3, 1, 3, 2, 3, 1, 0, 0);
    for (let at = 0; at < states.length; at += 2) assert.equal(modes.see(states, at), true);
    const expected = what === "numbers of modes" ? [3, 9, 10, 0, 8] : [3, 1, 3, 2, 0, 0];
    assert.deepEqual([...modes.contents()], expected);
    const again = new ModesFound(environment);
    again.refill(modes.contents());
    assert.equal(again.count, modes.count);
    again.see(states, 0);
    assert.equal(again.count, modes.count);
    assert.deepEqual(again.contents(), modes.contents());
  });

  Deno.test(`modes by ${what} are counted up to a bound, and still known as modes`, async () => {
    const modes = new ModesFound(await gridWith(abilities), 4);
    for (let i = 0; i < 64; i++) {
      assert.equal(modes.see(Int32Array.of(i % 8, i / 8), 0), true);
    }
    assert.equal(modes.count, 4);
  });
}

Deno.test("modes of states with an index are asked for their index, not written out", async () => {
  let asked = 0;
  const { enumeration } = await gridWith({});
  const counting = {
    ...enumeration!,
    index(states: Int32Array, at: number) {
      asked++;
      return enumeration!.index(states, at);
    },
  };
  const modes = new ModesFound(await gridWith({ enumeration: counting }));
  modes.see(Int32Array.of(1, 2), 0);
  assert.equal(asked, 1);
});
