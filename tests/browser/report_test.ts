import assert from "node:assert/strict";
import { serveLive } from "../../cli/_live_server.ts";
import { gfn, small, withFolder } from "../cli/_command.ts";
import { CHROMIUM, openBrowser, openPage } from "./_chromium.ts";

/** What a reader may have set, and how wide the page may be. */
const looks = [
  { colorScheme: "light" },
  { colorScheme: "dark" },
  { colorScheme: "light", viewport: { width: 390, height: 800 } },
] as const;

Deno.test({
  name:
    "the report and the live page open without a complaint, their plots have marks, they fit a telephone",
  ignore: CHROMIUM === null,
  async fn() {
    await withFolder(async (folder) => {
      const runs = `${folder}/runs`, page = `${folder}/report.html`;
      const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const trained = await gfn(
        ["compare", "--objectives", "tb,db", "--seeds", "0..1", "--steps", "6", "--out", runs]
          .concat("--set", "eval.every=2", small),
        access,
      );
      assert.equal(trained.code, 0, trained.stderr);
      const reported = await gfn(["report", runs, "--out", page], access);
      assert.equal(reported.code, 0, reported.stderr);
      const server = serveLive([runs], 0), browser = await openBrowser();
      try {
        for (const url of [`file://${page}`, server.url]) {
          for (const look of looks) {
            const { page, errors } = await openPage(browser, url, look);
            const marks = page.locator("main svg [aria-label] path");
            await marks.first().waitFor({ state: "attached" });
            assert.ok(await marks.count() >= 4, url);
            const over = await page.evaluate(() =>
              document.documentElement.scrollWidth - document.documentElement.clientWidth
            );
            assert.ok(over <= 0, `${url} is ${over} px too wide`);
            assert.deepEqual(errors, []);
            await page.close();
          }
        }
      } finally {
        await browser.close();
        await server.stop();
      }
    });
  },
});
