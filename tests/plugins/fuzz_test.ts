import assert from "node:assert/strict";
import fc from "fast-check";
import { GfnError } from "../../errors.ts";
import { objectives } from "../../objectives/_registry.ts";
import type { LoadedSource } from "../../plugins/_host_source.ts";
import { plainText } from "../../plugins/description.ts";
import { resolveRun } from "../../config/resolve.ts";
import { checkPlugin, describePlugin, trainInSandbox } from "../../sandbox/sandbox.ts";
import { mutant, mutation } from "./_mutants.ts";

/** What the gate spends here, and what no mutant may take. */
const ENOUGH_MS = 15_000, STUCK_MS = 20_000;
const limits = { seconds: 10, memory: 2 };

/** Describes, checks and trains. */
async function use(source: LoadedSource): Promise<void> {
  const { config: options } = await describePlugin(source, limits);
  const defaults = Object.fromEntries(
    Object.entries(options).map(([key, spec]) => [key, spec.default]),
  );
  await outcome(async () => void await checkPlugin(source, defaults, { limits }), source);
  const registry = { environments: { [source.name]: { name: source.name, config: options } } };
  const config = resolveRun({
    env: source.name,
    policy: { hidden: [8] },
    critic: { hidden: [8] },
    batch: 4,
    steps: 3,
    eval: { every: 2, samples: 50 },
  }, { ...registry, objectives });
  // What is said has passed the schema of the protocol, or the sandbox fails with E_SANDBOX.
  for await (const event of trainInSandbox({ source, config, threads: 1, limits })) {
    assert.ok(!JSON.stringify(event).includes("\\u001b"), JSON.stringify(event));
  }
}

/** An error of gfn's own, on one printable line that names the plugin; or none. */
async function outcome(run: () => Promise<void>, { name }: LoadedSource): Promise<void> {
  let stuck: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    stuck = setTimeout(() => reject(new Error("it is stuck")), STUCK_MS);
  });
  try {
    await Promise.race([run(), late]);
  } catch (error) {
    assert.ok(error instanceof GfnError, String((error as Error)?.stack ?? error));
    const { message, code } = error;
    assert.notEqual(code, "E_SANDBOX", message);
    assert.equal(plainText(message, message.length), message);
    assert.ok(message.length < 1000, message);
    const names = [name, 'environment "', "env."];
    assert.ok(names.some((one) => message.includes(one)), message);
  } finally {
    clearTimeout(stuck);
  }
}

Deno.test("a plugin with parts out of order works, or ends with one line of gfn's own", async () => {
  const law = fc.asyncProperty(
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    async (mutations) => {
      const source = await mutant(mutations);
      await outcome(() => use(source), source);
    },
  );
  await fc.assert(law, { numRuns: 1000, interruptAfterTimeLimit: ENOUGH_MS, endOnFailure: true });
});
