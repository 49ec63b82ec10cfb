import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, configHash } from "../../config/canonical.ts";
import { nearName } from "../../config/near_name.ts";
import { applyOverride, parseSettings } from "../../config/overrides.ts";
import { resolveRun, runJsonSchema } from "../../config/resolve.ts";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";

const registries = { environments, objectives };

Deno.test("applyOverride() reads JSON where it is JSON and text otherwise", () => {
  assert.deepEqual(applyOverride({}, "env.side=20"), { env: { side: 20 } });
  assert.deepEqual(applyOverride({ env: { side: 8 } }, "env.preset=easy"), {
    env: { side: 8, preset: "easy" },
  });
  assert.deepEqual(applyOverride({}, "policy.hidden=[64,64]"), { policy: { hidden: [64, 64] } });
  assert.throws(() => applyOverride({ seed: 1 }, "seed.x=1"), { code: "E_SET", exitCode: 2 });
});

Deno.test("applyOverride() changes no tree that it was given", () => {
  const tree = { env: { side: 8 } };
  applyOverride(tree, "env.side=9");
  assert.deepEqual(tree, { env: { side: 8 } });
});

Deno.test("parseSettings() wants an object", () => {
  assert.deepEqual(parseSettings('{"$schema":"x","seed":1}', "a.json"), { seed: 1 });
  for (const text of ["", "[]", "3", "{"]) {
    assert.throws(() => parseSettings(text, "a.json"), { code: "E_CONFIG_JSON" });
  }
});

Deno.test("resolveRun() of nothing is the default run, and of itself is itself", () => {
  const config = resolveRun({}, registries);
  assert.equal(config.env.name, "hypergrid");
  assert.equal(config.objective.name, "ent-ppo");
  assert.equal(config.critic.lr, config.policy.lr / 3);
  assert.deepEqual(resolveRun({ ...config }, registries), config);
});

Deno.test("resolveRun() refuses keys of Object's prototype as names", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assert.throws(() => resolveRun({ env: { name } }, registries), { code: "E_ENV_UNKNOWN" });
  }
});

Deno.test("runJsonSchema() describes every setting", () => {
  const { properties } = runJsonSchema("hypergrid", "tb", registries) as {
    properties: Record<string, unknown>;
  };
  assert.deepEqual(
    Object.keys(properties).toSorted(),
    Object.keys(resolveRun({}, registries)).toSorted(),
  );
});

Deno.test("canonicalJson() does not depend on the order of keys and loses nothing", async () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
    const turned = Object.fromEntries(Object.entries(value).toReversed());
    assert.equal(canonicalJson(turned), canonicalJson(value));
    assert.equal(canonicalJson(JSON.parse(canonicalJson(value))), canonicalJson(value));
  }));
  assert.equal(
    await configHash({}),
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  );
});

Deno.test("nearName() finds a slip of the finger and nothing far away", () => {
  const names = ["side", "dims", "preset"];
  assert.equal(nearName("sied", names), "side");
  assert.equal(nearName("dim", names), "dims");
  assert.equal(nearName("temperature", names), null);
});
