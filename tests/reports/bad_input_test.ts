import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { figureFiles } from "../../reports/figure_files.ts";
import { markdownOf } from "../../reports/markdown.ts";
import { pageOf } from "../../reports/page.ts";
import { readReportedRun } from "../../reports/reported_run.ts";
import { fourCells, linesOf, reportOf, strings, type Told, writeRun } from "./_folders.ts";

const told: Told = { objective: "tb", seed: 0, scale: 1 };

async function withRoot(use: (root: string) => Promise<void> | void): Promise<void> {
  const root = Deno.makeTempDirSync();
  try {
    await use(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** Notices of one run, its path as RUN. */
function noticesOf(root: string, lines: readonly object[], rest = ""): string[] {
  writeRun(root, lines, rest);
  const read = readReportedRun(root);
  return ("run" in read ? read.notices : [read]).map(({ kind, message }) =>
    `${kind}: ${message.replaceAll(root, "RUN")}`
  );
}

Deno.test("a run that is whole has no notice", () =>
  withRoot((root) => assert.deepEqual(noticesOf(root, linesOf(told)), [])));

Deno.test("what is wrong with a run is said, and what stands before it shown", () =>
  withRoot((root) => {
    const lines = linesOf(told);
    assert.deepEqual(noticesOf(root, lines.slice(0, 4), '{"type":"tra'), [
      "wrong: Line 5 of metrics.jsonl is cut off after 12 bytes; the 4 whole lines before it are shown",
      "note: The metrics have no end line: the run goes on, or was killed at step 10 of 20",
    ]);
    assert.deepEqual(noticesOf(root, lines.slice(0, 3), "[1]\n"), [
      "wrong: Cannot read RUN/metrics.jsonl: line 4 is no event of a run (: Invalid input: expected object, received array); what stands before it is shown",
    ]);
    assert.deepEqual(noticesOf(root, lines.slice(0, 1)), [
      "note: The metrics have no end line: the run goes on, or was killed at step 0 of 20",
      "note: There is no evaluation yet, so the run has no curve of measures",
    ]);
    const failed = { ...lines.at(-1)!, reason: "failed", step: 10, message: "no memory" };
    assert.deepEqual(noticesOf(root, [...lines.slice(0, -1), failed]), [
      "wrong: The run failed at step 10 of 20: no memory",
    ]);
    Deno.removeSync(`${root}/metrics.jsonl`);
    const [missing] = (readReportedRun(root) as { notices: { message: string }[] }).notices;
    assert.match(missing!.message, /^Cannot read .*metrics\.jsonl: No such file/);
    Deno.writeTextFileSync(`${root}/run.json`, "{}");
    assert.match((readReportedRun(root) as { message: string }).message, /no description of a run/);
    Deno.removeSync(`${root}/run.json`);
    assert.match((readReportedRun(root) as { message: string }).message, /Found no run\.json/);
  }));

Deno.test("runs without any evaluation make a page that says so", () =>
  withRoot(async (root) => {
    writeRun(root, linesOf(told).slice(0, 1));
    const page = pageOf(await reportOf([root], null));
    assert.match(page, /There is no evaluation yet/);
    assert.ok(!page.includes("<figure"));
  }));

Deno.test("two environments are two sections, each with its own figures", () =>
  withRoot(async (root) => {
    writeRun(`${root}/a`, linesOf(told));
    writeRun(`${root}/b`, linesOf({ ...told, env: { name: "ising", side: 3 } }));
    const report = await reportOf([`${root}/a`, `${root}/b`], fourCells);
    assert.deepEqual(report.sections.map(({ name }) => name), ["hypergrid", "ising"]);
    const names = Object.keys(await figureFiles(report, "svg"));
    assert.ok(names.includes("1-hypergrid-tv-trajectories.svg"));
    assert.ok(names.includes("2-ising-map.svg"));
  }));

const MARKUP = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;\u202e\u0000`;

Deno.test("markup in every text of a run and a plugin stays text", () =>
  withRoot(async (root) => {
    const [run, ...rest] = linesOf({
      ...told,
      objective: MARKUP,
      env: { name: MARKUP, [MARKUP]: MARKUP },
      plugin: { name: MARKUP, reference: MARKUP, apiVersion: 1, sha256: MARKUP },
    });
    const warning = { type: "warning", code: MARKUP, message: MARKUP };
    const last = { ...rest.at(-1)!, reason: "failed", message: MARKUP };
    const host = { [MARKUP]: MARKUP };
    writeRun(root, [{ ...run, version: MARKUP, host }, warning, ...rest.slice(0, -1), last]);
    for (const portrait of [fourCells, strings]) {
      const object = {
        ...{ text: MARKUP, logReward: 0 },
        drawing: `<svg onload="alert(3)">${MARKUP}</svg>"><script>alert(4)</script>`,
      };
      const report = await reportOf([root], {
        ...portrait,
        objects: [object, { text: MARKUP, logReward: 0 }],
      });
      const page = pageOf(report);
      // deno-lint-ignore no-explicit-any -- linkedom's document, in a program without the types of the DOM
      const { document } = parseHTML(page) as any;
      assert.equal(document.querySelectorAll("script").length, 0);
      for (const one of document.querySelectorAll("*")) {
        for (const { name } of one.attributes) assert.ok(!name.startsWith("on"), name);
      }
      for (const image of document.querySelectorAll("img")) {
        assert.match(image.getAttribute("src"), /^data:image\/svg\+xml;base64,[\w+/=]+$/);
      }
      assert.ok(!/<script|<img src=x|[\0\u202e]/.test(page));
      assert.ok(document.body.textContent.includes("<script>alert(1)</script>"));
      for (const [name, svg] of Object.entries(await figureFiles(report, "svg"))) {
        assert.match(name, /^[a-z0-9-]+\.svg$/);
        assert.ok(!/<script|<img|[\0\u202e]/.test(svg as string), name);
      }
      assert.ok(!/<script|<img|[\0\u202e]/.test(markdownOf(report)));
    }
  }));
