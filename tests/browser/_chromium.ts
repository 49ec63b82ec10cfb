/**
 * A real browser for tests: Debian's Chromium, driven by playwright-core.
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { chromiumPath } from "../../_tools/chromium.ts";

/** Where Chromium is, or null where these tests cannot run: `deno task test` says so. */
export const CHROMIUM = chromiumPath();

/** A browser that shares no profile with anybody's. */
export async function openBrowser(): Promise<Browser> {
  // Loaded here, since it looks at the system as soon as it is.
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    executablePath: CHROMIUM!,
    // Tests run as root in containers, where Chromium has no sandbox of its own and little shared memory.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

/** A page and what went wrong on it: errors of its console and of its scripts. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage(options), errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors };
}
