import assert from "node:assert/strict";
import { pageText, samePage } from "../../_tools/gen_objectives_page.ts";

const page = await Deno.readTextFile(new URL("../../docs/objectives.md", import.meta.url));

Deno.test("docs/objectives.md says what the registry says", () => {
  assert.ok(samePage(page, pageText(page)), "stale: run deno task gen");
});

Deno.test("a generated part that was changed by hand is stale", () => {
  const changed = page.replace("P_B learned jointly: yes", "P_B learned jointly: no");
  assert.notEqual(changed, page);
  assert.ok(!samePage(changed, pageText(changed)));
});

Deno.test("line breaks do not count", () => {
  assert.ok(samePage("a b\n  c", "a\nb c"));
  assert.ok(!samePage("a b", "a c"));
});

Deno.test("what has no section gets one, and what is not registered is an error", () => {
  const without = page.replace(/### tb[\s\S]*?<!-- end -->/, "");
  assert.ok(!samePage(without, pageText(without)));
  assert.match(pageText(without), /### tb\n\ntrajectory balance.*\n\n<!-- generated: tb -->/);
  assert.equal(pageText(pageText(without)), pageText(without));
  const stranger = page.replace("<!-- generated: tb -->", "<!-- generated: tbx -->");
  assert.throws(() => pageText(stranger), /tbx is not registered/);
});
