import assert from "node:assert/strict";
import { checkEnvironment } from "../../conformance/check.ts";
import { laws } from "../../conformance/laws.ts";
import { environments } from "../../envs/_registry.ts";
import { loadSource } from "../../plugins/_host_source.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { checkPlugin } from "../../sandbox/sandbox.ts";
import fillBits from "../_fill_bits.ts";
import { gfn } from "../cli/_command.ts";
import { openGrid } from "../_setting.ts";

const broken = await loadSource(new URL("broken/any_law.ts", import.meta.url).pathname);

/** The counter-example that each law gives for a plugin that breaks it. */
const counterExamples: Readonly<Record<string, string | RegExp>> = {
  "initial state": "asked twice it is [0 0 0 0], then [1 0 0 0]",
  "initial state, parents": "backward action 0 is allowed at [0 0 0 0]",
  "masks": "forwardMask of action 1 is 2, then 2, at [0 0 0 0]",
  "length": "after 2 actions, the most it declares, [1 1 0 2] still allows action 1",
  "parents": "[1 1 0 2] has none",
  "step and unstep": "undone, action 1 at [0 0 0 0] leaves [1 0 0 0]",
  "unstep and step": "redone, backward action 0 at [1 0 0 1] leads to [2 0 0 1]",
  "way back": "from [1 0 0 1] they lead to [1 0 0 1] after 4, which is not s_0",
  "purity":
    'Cannot go on with environment "any-law": forwardMask failed at the state [1 0 0 1]: it changed the state, want a look alone',
  "places":
    'Cannot go on with environment "any-law": initial failed at the state [0 0 0 0]: it wrote beside the place it was told',
  "repeatable": "forward actions [0,1,2], then [0,2], at [0 0 0 0]",
  "reward":
    'Cannot use log reward of environment "any-law": found NaN at the state [0 0 0 0], want a finite number or -Infinity',
  "reward, empty": "every end found has log R = -Infinity",
  "reward batches": "log R is 1 in a batch, 0 alone and 1 opened again, at [0 0 0 0]",
  "observation": "field 1 is 3, want 0 to 2, at [0 0 0 0]",
  "sight": "[1 1 0 2] and [1 1 1 3] look alike and allow different actions",
  "text": 'text is "" at [0 0 0 0]',
  "numbering": "the index of s_0 is 14",
  "count": "15 states can be reached, 16 are listed",
  "training": /^the mean loss of 15 steps is [\d.]+ at first and [\d.]+ at last$/,
};

for (const [how, expected] of Object.entries(counterExamples)) {
  const law = how.split(",")[0]!;
  Deno.test(`the law "${law}" is found broken with its counter-example, ${how}`, async () => {
    const reports = await checkPlugin(broken, { law: how });
    const report = reports.find((report) => report.law === law)!;
    assert.equal(report.outcome, "broken");
    const detail = report.detail.replace(/ \(seed 0\)$/, "");
    assert.notEqual(detail, report.detail);
    if (typeof expected === "string") assert.equal(detail, expected);
    else assert.match(detail, expected);
    assert.equal(reports.length, laws.length); // the others are reported all the same
  });
}

Deno.test("every law but the report of speed has a plugin that breaks it, and one that keeps all", async () => {
  const named = Object.keys(counterExamples).map((how) => how.split(",")[0]!);
  assert.deepEqual(
    [...new Set(named)],
    laws.map(({ name }) => name).filter((name) => name !== "speed"),
  );
  const reports = await checkPlugin(broken, { law: "none" });
  assert.deepEqual(reports.filter(({ outcome }) => outcome !== "holds"), []);
});

Deno.test("every built-in environment and the test environment keep all laws", async () => {
  for (const plugin of Object.values(environments)) {
    const { code, stdout } = await gfn(["plugin", "check", plugin.name]);
    assert.equal(code, 0, stdout);
  }
  for (const open of [() => openGrid(3, 4), () => openEnvironment(fillBits, { bits: 4 })]) {
    const reports = await checkEnvironment(open);
    assert.deepEqual(reports.filter(({ outcome }) => outcome === "broken"), []);
    assert.deepEqual(reports.find(({ law }) => law === "speed")!.detail, "no clock was given");
  }
});
