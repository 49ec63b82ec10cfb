import assert from "node:assert/strict";
import { z } from "zod";
import { pageText } from "../../_tools/gen_objectives_page.ts";
import { critics, objectives } from "../../objectives/_registry.ts";
import type { Objective } from "../../objectives/contract.ts";

const page = await Deno.readTextFile(new URL("../../docs/objectives.md", import.meta.url));

/** An objective that the page does not know, with words that markdown and line breaks would change. */
const stranger: Objective = {
  name: "stranger",
  summary: "an objective",
  source: { paper: "a test", equation: "a long tale of its equation ".repeat(5).trim() },
  options: z.strictObject({
    pipe: z.enum(["a", "b"]).default("a").describe("P(a|b) or *a* times <b>, in [0, 1]"),
    number: z.number().default(1e-9).describe("short"),
  }),
  data: "on-policy",
  zero: () => "expectation",
  needs: () => ["flow", "target"],
  freeze: () => ({}),
  updates: () => [],
};

Deno.test("docs/objectives.md says what the registry says", () => {
  assert.equal(pageText(page), page, "stale: run deno task gen");
});

Deno.test("a generated part that was changed by hand is stale", () => {
  const changed = page.replace("P_B learned jointly: yes", "P_B learned jointly: no");
  assert.notEqual(changed, page);
  assert.equal(pageText(changed), page);
});

Deno.test("prose by hand stays", () => {
  const changed = page.replace("<!-- end -->\n", "<!-- end -->\n\nA sentence of one's own.\n");
  assert.equal(pageText(changed), changed);
});

Deno.test("an objective without a section gets one, before the critics", () => {
  const described = { objectives: { ...objectives, stranger }, critics };
  const grown = pageText(page, described);
  const [before, after] = grown.split(
    "### stranger\n\nan objective\n\n<!-- generated: stranger -->",
  );
  assert.ok(before && after);
  assert.ok(page.startsWith(before) && /^## Critics$/m.test(after));
  assert.match(after, /^- Data: the policy's own trajectories alone\.$/m);
  assert.match(after, /^- Reads beside P_F and P_B: log F, target copies\.$/m);
  assert.match(after, /^- P_B learned jointly: no\.$/m);
  assert.match(after, /^- Gradient at exact flows: zero in expectation\.$/m);
  assert.match(after, /^\| `objective\.number` \| `1e-9` +\| short +\|$/m);
  assert.equal(pageText(grown, described), grown);
});

Deno.test("a critic without a section gets one, behind the other critics", () => {
  const { loss, freeze, source } = critics.mse!;
  const mae = { name: "mae", summary: "absolute error", source, loss, freeze };
  const grown = pageText(page, { objectives, critics: { ...critics, mae } });
  assert.match(
    grown,
    /### mae\n\nabsolute error\n\n<!-- generated: mae -->[\s\S]*?<!-- end -->\n\n## Backward/,
  );
});

Deno.test("what is generated is as deno fmt leaves it", async () => {
  const grown = pageText(page, { objectives: { ...objectives, stranger }, critics });
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(grown));
  await writer.close();
  const { code, stdout, stderr } = await fmt.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.equal(new TextDecoder().decode(stdout), grown);
});

Deno.test("a section of nothing registered is an error", () => {
  const renamed = page.replace("### tb\n", "### tbx\n").replace(
    "generated: tb ",
    "generated: tbx ",
  );
  assert.throws(() => pageText(renamed), /found a section "tbx"/);
});

Deno.test("marks that are missing, doubled or under another heading are an error", () => {
  const cases: Record<string, [string, RegExp]> = {
    "no end": [page.replace("<!-- end -->", ""), /found ### vpg, want <!-- end -->/],
    "no start": [
      page.replace("<!-- generated: tb -->", ""),
      /found <!-- end -->, want <!-- generated: tb -->/,
    ],
    "another heading": [
      page.replace("<!-- generated: tb -->", "<!-- generated: db -->"),
      /found <!-- generated: db -->, want <!-- generated: tb -->/,
    ],
    "twice": [page + "\n### tb\n\n<!-- generated: tb -->\n<!-- end -->\n", /want no more marks/],
    "heading alone": [page + "\n### of one's own\n", /found the end of the page/],
  };
  for (const [name, [text, message]] of Object.entries(cases)) {
    assert.notEqual(text, page, name);
    assert.throws(() => pageText(text), message, name);
  }
});
