import assert from "node:assert/strict";
import { readPage } from "./_page.ts";
import { follow } from "./_session.ts";

const root = new URL("../../", import.meta.url).pathname;

/** README.md and every page under docs/. */
function* pagePaths(folder = "docs"): Generator<string> {
  if (folder === "docs") yield "README.md";
  for (const { name, isDirectory } of Deno.readDirSync(`${root}${folder}`)) {
    if (isDirectory) yield* pagePaths(`${folder}/${name}`);
    else if (name.endsWith(".md")) yield `${folder}/${name}`;
  }
}

/** Commands over all pages, for the last test to tell. */
const total = { pages: 0, ran: 0, notRun: 0 };

for (const path of [...pagePaths()].toSorted()) {
  const page = readPage(path, Deno.readTextFileSync(`${root}${path}`));
  if (!page.parts.some(({ kind }) => kind === "commands")) continue;
  Deno.test(`the commands of ${path} work, one after another`, async () => {
    const { ran, notRun, problem } = await follow(page);
    assert.equal(problem, "");
    total.pages++;
    total.ran += ran;
    total.notRun += notRun;
  });
}

Deno.test("commands of the documentation were run", () => {
  const { pages, ran, notRun } = total;
  console.log(`${ran} commands of ${pages} pages ran, ${notRun} are marked as not run`);
  assert.ok(ran > 0);
});

Deno.test("links between pages lead somewhere", () => {
  for (const path of pagePaths()) {
    const text = Deno.readTextFileSync(`${root}${path}`).replaceAll(/^```[\s\S]*?^```$/gm, "");
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const { pathname, hash } = new URL(target!, `file://${root}${path}`);
      const exists = Deno.statSync(pathname);
      if (hash === "" || exists.isDirectory) continue;
      const anchors = [...Deno.readTextFileSync(pathname).matchAll(/^#+ (.*)$/gm)]
        .map(([, heading]) => `#${anchorOf(heading!)}`);
      assert.ok(anchors.includes(hash), `${path}: ${target}`);
    }
  }
});

/** A heading as GitHub makes a link of it. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}
