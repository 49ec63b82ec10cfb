import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { resolveRun } from "../../config/resolve.ts";
import { environments } from "../../envs/_registry.ts";
import type { Start } from "../../examples/browser/messages.ts";
import { readHash, treeOf } from "../../examples/browser/settings.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { train } from "../../train/train.ts";
import { buildWeb } from "../../_tools/build_web.ts";
import { ISOLATION, servePage } from "../../_tools/serve_web.ts";
import { CHROMIUM, openBrowser, openPage } from "./_chromium.ts";

/** Milliseconds that a busy machine may take: nothing is asserted of time. */
const TIMEOUT = 120_000;
const SMALL = "#env=hypergrid&side=8&r0=0.1&width=32&budget=10000";

const folder = CHROMIUM === null ? "" : Deno.makeTempDirSync();
const file = `${folder}/playground.html`;
if (CHROMIUM !== null) {
  await buildWeb(file);
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
}

/** A test with a browser of its own. */
function browserTest(name: string, check: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ignore: CHROMIUM === null,
    async fn() {
      const browser = await openBrowser();
      try {
        await check(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** Opens the page from the disk, and makes sure at the end that nothing was complained of. */
async function onPage(
  browser: Browser,
  hash: string,
  check: (page: Page) => Promise<void>,
  url = `file://${file}`,
): Promise<void> {
  const { page, errors } = await openPage(browser, `${url}${hash}`);
  page.setDefaultTimeout(TIMEOUT);
  await check(page);
  assert.deepEqual(errors, []);
}

/** The number that a run shows under a name, once it is at least `least`. */
async function shown(run: Locator, name: string, least: number): Promise<number> {
  const part = run.locator(`[data-part=${name}]`), page = run.page();
  await page.waitForFunction(
    ({ element, least }) => Number(element!.textContent!.replaceAll(",", "")) >= least,
    { element: await part.elementHandle(), least },
  );
  return Number((await part.textContent())!.replaceAll(",", ""));
}

/** Colours in a canvas: one means that nothing was drawn. */
async function coloursIn(canvas: Locator): Promise<number> {
  return await canvas.evaluate((element) => {
    const canvas = element as HTMLCanvasElement, { width, height } = canvas;
    const pen = canvas.getContext("2d")!;
    return new Set(new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer)).size;
  });
}

browserTest(
  "the playground opens from the disk without a word and draws two runs",
  async (browser) => {
    await onPage(browser, "", async (page) => {
      assert.equal(await page.evaluate(() => crossOriginIsolated), false);
      const runs = page.locator(".lane");
      assert.equal(await runs.count(), 2);
      for (const run of await runs.all()) await shown(run, "iterations", 2);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      for (const name of ["target", "scale", "curves"]) {
        assert.ok(await coloursIn(page.locator(`#${name}`)) > 2, name);
      }
      for (const name of ["map", "scores"]) {
        for (const canvas of await page.locator(`[data-part=${name}]`).all()) {
          assert.ok(await coloursIn(canvas) > 2, name);
        }
      }
      assert.match(await page.locator("#command").textContent() ?? "", /objective.name=ent-ppo/);
    });
  },
);

browserTest("an Ising lattice is drawn: histograms and samples", async (browser) => {
  await onPage(browser, "#env=ising&lattice=3&width=32&a=tb", async (page) => {
    await shown(page.locator(".lane"), "iterations", 2);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    for (const name of ["up", "equal", "lattices", "scores"]) {
      assert.ok(await coloursIn(page.locator(`[data-part=${name}]`)) > 2, name);
    }
  });
});

browserTest("a slider changes the run and the link; the keyboard moves it", async (browser) => {
  await onPage(browser, SMALL, async (page) => {
    await shown(page.locator(".lane"), "iterations", 1);
    assert.equal(await page.locator("#target-cells").textContent(), "8 × 8");
    await page.locator("#side").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() =>
      document.getElementById("target-cells")!.textContent === "12 × 12"
    );
    assert.match(page.url(), /side=12/);
    assert.equal(await page.locator("#side").getAttribute("aria-valuetext"), "12");
    // The link to the figures is no link to settings.
    await page.locator(".skip").focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash === "#stage");
    assert.equal(await page.locator("#problems").textContent(), "");
    assert.equal(await page.locator("#target-cells").textContent(), "12 × 12");
  });
});

browserTest("total variation falls, a run ends, and the link says what ran", async (browser) => {
  await onPage(browser, `${SMALL}&lr=0.005`, async (page) => {
    const run = page.locator(".lane");
    await page.waitForFunction(() => document.getElementById("pause")!.textContent === "Finished");
    assert.equal(await shown(run, "iterations", 625), 625);
    const tv = await shown(run, "tv", 0);
    assert.ok(tv < 0.1, `total variation ${tv}`);
  });
});

browserTest("a run stands still, and goes on", async (browser) => {
  await onPage(browser, "#env=hypergrid&side=8&width=32&budget=1000000", async (page) => {
    const run = page.locator(".lane"), button = page.locator("#pause");
    await shown(run, "iterations", 2);
    await button.click();
    assert.equal(await button.textContent(), "Go on");
    await page.waitForTimeout(300); // what was under way
    const still = await shown(run, "iterations", 2);
    await page.waitForTimeout(300);
    assert.equal(await shown(run, "iterations", 2), still);
    await button.click();
    assert.ok(await shown(run, "iterations", still + 1) > still);
  });
});

browserTest("a link with a setting that is none says so and uses the others", async (browser) => {
  await onPage(browser, `${SMALL}&clip=9&depth=3`, async (page) => {
    const problems = await page.locator("#problems").textContent() ?? "";
    assert.match(problems, /clip to “9”/);
    assert.match(problems, /“depth”, which is no setting/);
    await shown(page.locator(".lane"), "iterations", 1);
  });
});

browserTest("what an objective refuses is told where it would have run", async (browser) => {
  await onPage(browser, `${SMALL}&a=ppo&clip=off`, async (page) => {
    const message = page.locator("[data-part=message]");
    await page.waitForFunction(
      (element) => element!.textContent !== "",
      await message.elementHandle(),
    );
    assert.match(await message.textContent() ?? "", /objective\.clip/);
  });
});

browserTest("served with the two headers a wide network has a helper thread", async (browser) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = servePage(file, { port: 0, headers: ISOLATION, ready: resolve });
  try {
    const url = await promise, hash = "#env=hypergrid&side=8&width=256&a=tb";
    await onPage(browser, hash, async (page) => {
      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      await shown(page.locator(".lane"), "iterations", 2);
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      const speed = await page.locator("[data-part=speed]").textContent() ?? "";
      assert.match(speed, cores > 1 ? /2 threads/ : /1 thread$/);
    }, url);
  } finally {
    await server.shutdown();
  }
});

browserTest("a seed trains to the same bits in the browser as here", async (browser) => {
  for (const objective of ["ent-ppo", "tb"]) {
    const tree = treeOf(readHash(SMALL).settings, objective);
    const config = resolveRun(
      { ...tree, eval: { every: 10, samples: 1 } },
      { environments, objectives },
    );
    const { name, ...options } = config.env, lines: string[] = [];
    const setup = {
      environment: await openEnvironment(environments[name]!, options, config.reward),
      ...{ objective: objectives[objective]!, config },
    };
    for await (const event of train(setup)) {
      if (lines.push(JSON.stringify(event)) === 24) break;
    }
    await onPage(browser, SMALL, async (page) => {
      const start: Start = { type: "start", tree, cores: 1, pace: 1000, lines: lines.length };
      const found = await page.evaluate((start) => {
        const text = document.getElementById("worker")!.textContent!;
        const worker = new Worker(URL.createObjectURL(new Blob([text])));
        const found: string[] = [];
        worker.postMessage(start);
        return new Promise<string[]>((resolve) => {
          worker.onmessage = ({ data }) => {
            if (data.type === "line" && found.push(data.line) === start.lines) resolve(found);
          };
        });
      }, start);
      assert.deepEqual(found, lines);
    });
  }
});
