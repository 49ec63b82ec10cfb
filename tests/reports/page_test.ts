import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { markdownOf } from "../../reports/markdown.ts";
import { pageOf, POLICY } from "../../reports/page.ts";
import type { Figure } from "../../reports/figure.ts";
import {
  fourCells,
  fourGraphs,
  fourRuns,
  linesOf,
  reportOf,
  strings,
  type Told,
  writeRun,
} from "./_folders.ts";

const root = Deno.makeTempDirSync();
const paths = fourRuns.map((told) => {
  const path = `${root}/${told.objective}-seed${told.seed}`;
  writeRun(path, linesOf(told));
  return path;
});
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

// deno-lint-ignore no-explicit-any -- linkedom's document, in a program without the types of the DOM
const opened = (html: string): any => (parseHTML(html) as any).document;
const wholePage = async () => pageOf(await reportOf(paths, fourCells));

Deno.test("every figure has marks, words for who does not see it and its numbers", async () => {
  for (const portrait of [fourCells, fourGraphs, strings]) {
    const document = opened(pageOf(await reportOf(paths, portrait)));
    const figures = [...document.querySelectorAll("figure")];
    assert.ok(figures.length >= 8);
    for (const figure of figures) {
      const title = figure.querySelector("h4").textContent;
      const drawings = [...figure.querySelectorAll("svg")];
      assert.ok(drawings.length > 0, title);
      for (const svg of drawings) {
        assert.ok(svg.querySelectorAll("path").length > 0, title);
        assert.equal(svg.getAttribute("role"), "img");
        assert.ok(svg.getAttribute("aria-label").length > 20, title);
        assert.match(svg.getAttribute("viewBox"), /^0 0 \d+ [\d.]+$/);
        assert.ok(!/NaN|undefined|Infinity/.test(svg.outerHTML), title);
      }
      assert.ok(figure.querySelectorAll("details table tbody tr").length > 0, title);
      assert.ok(figure.querySelector("figcaption").textContent.length > 10, title);
    }
  }
});

Deno.test("curves are drawn against trajectories and against seconds, told apart by radio buttons alone", async () => {
  const document = opened(await wholePage());
  const by = (name: string) => document.querySelectorAll(`figure .by-${name} svg`).length;
  assert.ok(by("trajectories") >= 7);
  assert.equal(by("seconds"), by("trajectories"));
  assert.equal(document.querySelectorAll("input[type=radio]").length, 2);
  assert.equal(document.querySelectorAll("script").length, 0);
});

Deno.test("headings come in order, every id once, and every reference to an id is met", async () => {
  const document = opened(await wholePage());
  let level = 0;
  for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
    const own = Number(heading.tagName[1]);
    assert.ok(own <= level + 1, heading.textContent);
    level = own;
  }
  assert.equal(document.querySelectorAll("h1").length, 1);
  // deno-lint-ignore no-explicit-any -- as above
  const ids = [...document.querySelectorAll("[id]")].map((one: any) => one.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const one of document.querySelectorAll("[aria-labelledby]")) {
    assert.ok(ids.includes(one.getAttribute("aria-labelledby")));
  }
});

Deno.test("a page fetches nothing", async () => {
  const html = await wholePage(), document = opened(html);
  assert.equal(
    document.querySelector("meta[http-equiv=Content-Security-Policy]").getAttribute("content"),
    POLICY,
  );
  assert.equal(document.querySelectorAll("link,script,iframe,object,embed,base,use").length, 0);
  for (const one of document.querySelectorAll("[src],[href]")) {
    assert.match(
      one.getAttribute("src") ?? one.getAttribute("href"),
      /^(data:image\/svg\+xml;base64,|#)/,
    );
  }
  assert.ok(!/url\(|@import|@font-face/.test(html));
});

Deno.test("the numbers behind a figure are those of the folders", async () => {
  const { sections: [section] } = await reportOf(paths, fourCells);
  const tv = section!.curves.find(({ id }) => id === "e1-tv")!;
  // Scales 1 and 5 of tb, 2 and 6 of db.
  assert.deepEqual(tv.table.head, ["step", "trajectories", "seconds", "tb", "db"]);
  assert.deepEqual(tv.table.rows[0], [
    ...["0", "0", "0.00", "0.6 (0.2..1, 2 runs)"],
    "0.3333 (0.1667..0.5, 2 runs)",
  ]);
  assert.deepEqual(tv.table.rows[2]!.slice(0, 4), [
    ...["20", "320", "70.00", "0.02857 (0.009524..0.04762, 2 runs)"],
  ]);
  const entropy = section!.curves.find(({ id }) => id === "e1-entropy") as Figure;
  assert.equal(entropy.table.rows[0]![3], "2.25 (2.25..2.25, 2 runs)");
  assert.match(entropy.alt, /target is 1\.386\./);
});

Deno.test("the same folders give the same bytes", async () => {
  assert.equal(await wholePage(), await wholePage());
});

Deno.test("Markdown has the tables and the figures as numbers", async () => {
  const text = markdownOf(await reportOf(paths, fourCells)).replaceAll(root, "ROOT");
  assert.equal(
    text,
    `# tb, db on hypergrid

4 runs, reported by gfn 0.1.0. Natural logarithms; values in nats unless said.

## hypergrid

dims = 2, side = 4

### Where they ended

| settings | runs | TV | ELBO (exact log Z 2) | log Z (exact log Z 2) | entropy (target 1.386) | modes | mean log R (target 0.6137) | trajectories | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| tb | 2 | 0.02857 (0.009524..0.04762) | 1.7 (1.5..1.9) | 1.5 (1.5..1.5) | 2.25 (2.25..2.25) | 2 (2..2) | -0.5 (-0.5..-0.5) | 320 | 60.0 |
| db | 2 | 0.01587 (0.007937..0.02381) | 1.833 (1.75..1.917) | 1.5 (1.5..1.5) | 2.25 (2.25..2.25) | 2 (2..2) | -0.5 (-0.5..-0.5) | 320 | 80.0 |

### Learned against target

| settings | checkpoint | TV | entropy | target's entropy | objects |
| --- | --- | --- | --- | --- | --- |
| tb | seed 0, step 20 | 0.25 | 1.099 | 1.386 | 4 |
| db | seed 0, step 20 | 0.25 | 1.099 | 1.386 | 4 |

### Drawn objects

| settings | object | numbers |
| --- | --- | --- |
| tb | (0, 1) | log R 0, log q -1 |
| db | (0, 1) | log R 0, log q -1 |

### Runs

| objective.name | seed | run | ended | steps | trajectories | seconds | TV, last |
| --- | --- | --- | --- | --- | --- | --- | --- |
| *tb* | *0* | ROOT/tb-seed0 | finished | 20 | 320 | 20.0 | 0.04762 |
| *tb* | *1* | ROOT/tb-seed1 | finished | 20 | 320 | 100.0 | 0.009524 |
| *db* | *0* | ROOT/db-seed0 | finished | 20 | 320 | 40.0 | 0.02381 |
| *db* | *1* | ROOT/db-seed1 | finished | 20 | 320 | 120.0 | 0.007937 |

### To repeat them

tb:

\`\`\`sh
gfn train --seed 0
\`\`\`

db:

\`\`\`sh
gfn train --seed 0
\`\`\`
`,
  );
});

Deno.test("bold is what every run of a setting has better, and nothing where budgets differ", async () => {
  const one = (path: string, told: Told, from: number) => {
    writeRun(`${root}/${path}`, linesOf(told).slice(0, from));
    return `${root}/${path}`;
  };
  const slow = one("slow", { objective: "tb", seed: 0, scale: 1 }, 7);
  const fast = one("fast", { objective: "db", seed: 0, scale: 9 }, 7);
  assert.match(
    markdownOf(await reportOf([slow, fast], null)),
    /\| db \| 1 \| \*\*0\.005291\*\* \|/,
  );
  const cut = one("cut", { objective: "db", seed: 0, scale: 9 }, 6);
  const page = pageOf(await reportOf([slow, cut], null));
  assert.ok(!page.includes("<strong>0."));
  assert.match(page, /had not the same trajectories/);
});

Deno.test("edges are drawn where objects are directed graphs, and likeliest first in the table", async () => {
  const document = opened(pageOf(await reportOf(paths, fourGraphs)));
  const titled = (text: string) =>
    [...document.querySelectorAll("figure")].find((figure) =>
      figure.querySelector("h4").textContent.startsWith(text)
    );
  const figure = titled("Probability of each edge");
  assert.equal(titled("Mass over"), undefined);
  // Two objectives, one sampler each, beside the target; no cells on the diagonal.
  assert.equal(figure.querySelectorAll("svg path").length, 3 * 2);
  assert.equal(figure.querySelectorAll("svg b").length, 0);
  assert.match(figure.querySelector("svg").textContent, /0\.50.*0\.25.*0\.33/);
  const cells = [...figure.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map(({ textContent }) => textContent)
  );
  assert.deepEqual(cells.map(([edge, target]) => [edge, target]), [
    ["rain → <b>boots</b>", "0.5"],
    ["<b>boots</b> → rain", "0.25"],
  ]);
  assert.match(
    figure.querySelector("svg").getAttribute("aria-label"),
    /2 nodes: target; .*at most 0\.1667 from the target/,
  );
});
