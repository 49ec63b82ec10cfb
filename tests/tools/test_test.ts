import assert from "node:assert/strict";
import { testCounts, testRuns } from "../../_tools/test.ts";

Deno.test("testCounts() reads the summary of deno test, coloured or plain", () => {
  assert.deepEqual(testCounts("\nok | 12 passed | 0 failed (3s)\n"), { passed: 12, failed: 0 });
  assert.deepEqual(
    testCounts("FAILED | 2 passed (5 steps) | 1 failed (1 step) | 4 ignored (9ms)\n"),
    {
      passed: 2,
      failed: 1,
    },
  );
  assert.deepEqual(
    testCounts("\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[38;5;245m(1ms)\x1b[0m\n"),
    { passed: 3, failed: 0 },
  );
});

Deno.test("testCounts() takes the last summary, since a test may print one of its own", () => {
  const output = "ok | 1 passed | 0 failed (1ms)\nFAILED | 8 passed | 2 failed (2s)\n";
  assert.deepEqual(testCounts(output), { passed: 8, failed: 2 });
});

Deno.test("testCounts() gives null where no test was counted", () => {
  assert.equal(testCounts("error: Type checking failed.\n"), null);
  assert.equal(testCounts("it said ok | 1 passed | 0 failed\n"), null);
});

/** The paths and flags of runs, and whether they may do all. */
function planned(args: readonly string[], hasBrowser: boolean): string[] {
  return testRuns(args, hasBrowser).map((run) => {
    const rest = run.filter((arg) => !/^--(no-prompt|allow-|ignore=tests\/browser)/.test(arg));
    return [run.includes("--allow-all") ? "all" : "some", ...rest].join(" ");
  });
}

Deno.test("testRuns() runs browser tests apart from the others, where there is a browser", () => {
  assert.deepEqual(planned([], true), ["some", "all tests/browser"]);
  assert.deepEqual(planned([], false), ["some"]);
  assert.deepEqual(planned(["--quiet"], true), ["some --quiet", "all --quiet tests/browser"]);
  assert.deepEqual(planned(["tests/config"], true), ["some tests/config"]);
  assert.deepEqual(planned(["tests/browser/a_test.ts"], true), ["all tests/browser/a_test.ts"]);
  assert.deepEqual(planned(["tests/browser"], false), []);
  assert.deepEqual(planned(["tests/config", "./tests/browser"], true), [
    "some tests/config",
    "all ./tests/browser",
  ]);
});
