import assert from "node:assert/strict";
import { checkEnvironment } from "../../conformance/check.ts";
import { laws } from "../../conformance/laws.ts";
import { environments } from "../../envs/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import fillBits from "../_fill_bits.ts";
import { gfn } from "../cli/_command.ts";
import { openGrid } from "../_setting.ts";
import { broken, brokenFolder, checkBroken } from "./_broken.ts";

for (const { file, law, says } of broken) {
  Deno.test(`the law "${law}" is found broken by broken/${file}, with its counter-example`, async () => {
    const reports = await checkBroken(file);
    const report = reports.find((report) => report.law === law)!;
    assert.equal(report.outcome, "broken");
    const detail = report.detail.replace(/ \(seed 0\)$/, "");
    assert.notEqual(detail, report.detail);
    if (typeof says === "string") assert.equal(detail, says);
    else assert.match(detail, says);
    assert.equal(reports.length, laws.length); // the others are reported all the same
  });
}

Deno.test("every law but the report of speed has a plugin that breaks it, and one that keeps all", async () => {
  assert.deepEqual(
    [...new Set(broken.map(({ law }) => law))],
    laws.map(({ name }) => name).filter((name) => name !== "speed"),
  );
  const files = Array.from(Deno.readDirSync(brokenFolder), ({ name }) => name).sort();
  assert.deepEqual(files, [...broken.map(({ file }) => file), "keeps_all.ts"].sort());
  const reports = await checkBroken("keeps_all.ts");
  assert.deepEqual(reports.filter(({ outcome }) => outcome !== "holds"), []);
});

Deno.test("every built-in environment and the test environment keep all laws", async () => {
  for (const plugin of Object.values(environments)) {
    const { code, stdout } = await gfn(["plugin", "check", plugin.name]);
    assert.equal(code, 0, stdout);
  }
  for (
    const open of [
      () => openGrid(3, 4),
      () => openEnvironment(fillBits, { bits: 4 }),
      () => openEnvironment(fillBits, { bits: 3, stop: true }),
    ]
  ) {
    const reports = await checkEnvironment(open);
    assert.deepEqual(reports.filter(({ outcome }) => outcome === "broken"), []);
    assert.deepEqual(reports.find(({ law }) => law === "speed")!.detail, "no clock was given");
  }
});
