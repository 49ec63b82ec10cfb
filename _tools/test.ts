/**
 * Runs `deno test` with the permissions that the tests need and ends with the plain line
 * `N passed, N failed`. Arguments go on to `deno test`: `deno task test tests/config`.
 *
 * Tests that drive a browser run apart, with all permissions, since the package that drives it wants to look
 * everywhere; where there is no browser a line says that they did not run.
 *
 * @module
 */
import { chromiumPath } from "./chromium.ts";

const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
  "--allow-net=127.0.0.1",
];

/** What a finished run of tests counted. */
export interface TestCounts {
  passed: number;
  failed: number;
}

/**
 * The counts of the last summary line in what `deno test` printed, colours or not; null where there is
 * none, because it ended before a test ran.
 */
export function testCounts(output: string): TestCounts | null {
  // deno-lint-ignore no-control-regex -- colours are control characters
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const summaries = plain.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm,
  );
  const last = [...summaries].at(-1);
  return last === undefined ? null : { passed: Number(last[1]), failed: Number(last[2]) };
}

/** Tests that want a browser. */
const BROWSER_TESTS = "tests/browser";

/** The runs of `deno test` that arguments ask for, as its arguments. */
export function testRuns(args: readonly string[], hasBrowser: boolean): string[][] {
  const isOfBrowser = (arg: string) => /^(\.\/)?tests\/browser(\/|$)/.test(arg);
  const others = args.filter((arg) => !isOfBrowser(arg));
  const asked = args.filter(isOfBrowser);
  const namesPaths = args.some((arg) => !arg.startsWith("-"));
  const namesOthers = others.some((arg) => !arg.startsWith("-"));
  const flags = others.filter((arg) => arg.startsWith("-"));
  return [
    ...(namesOthers || !namesPaths
      ? [[...PERMISSIONS, `--ignore=${BROWSER_TESTS}`, ...others]]
      : []),
    ...(hasBrowser && (asked.length > 0 || !namesPaths)
      ? [["--allow-all", ...flags, ...(asked.length > 0 ? asked : [BROWSER_TESTS])]]
      : []),
  ];
}

/** Runs `deno test`, showing what it prints. */
async function runTests(
  args: readonly string[],
): Promise<{ code: number; counts: TestCounts | null }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    output += decoder.decode(chunk, { stream: true });
    for (let at = 0; at < chunk.length;) at += await Deno.stdout.write(chunk.subarray(at));
  }
  const { code } = await child.status;
  return { code, counts: testCounts(output) };
}

async function main(args: readonly string[]): Promise<number> {
  const hasBrowser = chromiumPath() !== null;
  let passed = 0, failed = 0, status = 0;
  for (const run of testRuns(args, hasBrowser)) {
    const { code, counts } = await runTests(run);
    if (counts === null) {
      console.error(`deno test ended with status ${code} before it counted a test`);
      return code || 1;
    }
    // Uncaught errors and leaks fail a run in which every test passed.
    if (code !== 0 && counts.failed === 0) console.error(`deno test ended with status ${code}`);
    passed += counts.passed;
    failed += counts.failed;
    status ||= code;
  }
  if (!hasBrowser) {
    console.log(
      `Browser tests (${BROWSER_TESTS}) did not run: found no Chromium, want one at /usr/bin/chromium or its path in CHROMIUM`,
    );
  }
  console.log(`${passed} passed, ${failed} failed`);
  return status || (failed > 0 ? 1 : 0);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
