/**
 * Milliseconds of an iteration of the same run in Deno and in Chromium, as the playground measures them:
 * the mean over the last second or two of training, without what is done to show it.
 *
 * @module
 */
import { preferredThreads } from "../train/preferred_threads.ts";
import { resolveRun } from "../config/resolve.ts";
import { environments } from "../envs/_registry.ts";
import { readHash, treeOf } from "../examples/browser/settings.ts";
import { Stopwatch } from "../examples/browser/stopwatch.ts";
import { objectives } from "../objectives/_registry.ts";
import { openEnvironment } from "../plugins/open.ts";
import { startThreads } from "../tensor/threads.ts";
import { train } from "../train/train.ts";
import { openBrowser, openPage } from "../tests/browser/_chromium.ts";
import { buildWeb } from "../_tools/build_web.ts";
import { ISOLATION, servePage } from "../_tools/serve_web.ts";

const RUNS = [
  "#env=hypergrid&side=32&r0=0.0001&budget=10000",
  "#env=hypergrid&side=32&r0=0.0001&budget=10000&a=tb",
  "#env=hypergrid&side=32&r0=0.0001&budget=2000&width=256",
];
const PAGE = "dist/web/playground.html";

await buildWeb(PAGE);
console.log(["settings", "Deno", "Chromium", "Chromium, isolated"].join("\t"));
for (const hash of RUNS) {
  const figures = [
    await inDeno(hash),
    await inChromium(hash, {}),
    await inChromium(hash, ISOLATION),
  ];
  console.log([hash, ...figures].join("\t"));
}

async function inDeno(hash: string): Promise<string> {
  const { settings } = readHash(hash), objective = String(settings.a);
  const config = resolveRun(treeOf(settings, objective), { environments, objectives });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const threads = await startThreads(
    preferredThreads(config, environment.observation, navigator.hardwareConcurrency),
  );
  const clock = new Stopwatch(), watch = () => clock.start();
  const setup = { environment, objective: objectives[objective]!, config, watch };
  for await (const event of train(setup)) {
    if (event.type === "train") clock.stop();
  }
  threads.stop();
  return `${clock.mean!.toFixed(2)} ms, ${threads.count} thread${threads.count === 1 ? "" : "s"}`;
}

async function inChromium(hash: string, headers: Record<string, string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = servePage(PAGE, { port: 0, headers, ready: resolve });
  const browser = await openBrowser();
  try {
    const { page } = await openPage(browser, `${await promise}${hash}`);
    await page.getByText("Finished", { exact: true }).waitFor({ timeout: 600_000 });
    return await page.locator("[data-part=speed]").innerText();
  } finally {
    await browser.close();
    await server.shutdown();
  }
}
