/**
 * Runs `deno test` with the permissions that the tests need and ends with the plain line
 * `N passed, N failed`. Arguments go on to `deno test`: `deno task test tests/config`.
 *
 * @module
 */

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

async function main(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...PERMISSIONS, ...args],
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
  const counts = testCounts(output);
  if (counts === null) {
    console.error(`deno test ended with status ${code} before it counted a test`);
    return code || 1;
  }
  const { passed, failed } = counts;
  // Uncaught errors and leaks fail a run in which every test passed.
  if (code !== 0 && failed === 0) console.error(`deno test ended with status ${code}`);
  console.log(`${passed} passed, ${failed} failed`);
  return code || (failed > 0 ? 1 : 0);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
