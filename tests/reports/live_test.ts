import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { livePage, livePieces, markupOf } from "../../reports/live_page.ts";
import { durationText, progressOf, silenceText } from "../../reports/live_state.ts";
import { makeReport } from "../../reports/report.ts";
import { RunSoFar } from "../../reports/reported_run.ts";
import type { Event, RunEvent } from "../../train/events.ts";
import { linesOf } from "./_folders.ts";

/** A run that has written so many lines. */
function runAfter(lines: number, more: readonly object[] = [], env?: Record<string, unknown>) {
  const [first, ...rest] = linesOf({ objective: "tb", seed: 0, scale: 1, ...(env && { env }) });
  const soFar = new RunSoFar("runs/<b>0", first as RunEvent);
  for (const event of [...rest.slice(0, lines), ...more]) soFar.see(event as Event);
  return soFar.run;
}

Deno.test("a run waits, runs, falls silent, and ends", () => {
  const state = (lines: number, age: number | null) => progressOf(runAfter(lines), age).state;
  assert.deepEqual(state(0, null), { state: "waiting" });
  assert.deepEqual(state(3, 5), { state: "running" });
  // Lines came every 5 seconds on the average: 29 s of silence are none.
  assert.deepEqual(state(3, 29), { state: "running" });
  assert.deepEqual(state(3, 45), { state: "silent", seconds: 45 });
  assert.deepEqual(state(6, 1000), { state: "finished" });
  const failed = { type: "end", reason: "failed", step: 10, trajectories: 160, message: "why" };
  assert.deepEqual(progressOf(runAfter(3, [failed]), 0).state, { state: "failed", message: "why" });
});

Deno.test("speed is that of the last lines, and the time that is left follows from it", () => {
  // Step 10 after 10 seconds, 160 trajectories.
  const { trajectoriesPerSecond, eta } = progressOf(runAfter(3), 0);
  assert.equal(trajectoriesPerSecond, 16);
  assert.equal(eta, 10);
  assert.equal(progressOf(runAfter(3), 1000).eta, null);
  assert.equal(progressOf(runAfter(1), 0).trajectoriesPerSecond, null);
});

Deno.test("durations are words", () => {
  assert.deepEqual([0.4, 59.7, 200, 7500].map(durationText), [
    ...["0 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"],
  ]);
  assert.deepEqual([37, 119, 135, 3700].map(silenceText), [
    "30 s",
    "1 min 50 s",
    "2 min",
    "1 h 1 min",
  ]);
});

Deno.test("nothing of a run is markup, and ids are met once", async () => {
  const hostile = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;
  const failed = {
    ...{ type: "end", reason: "failed", step: 10, trajectories: 160 },
    message: hostile,
  };
  const warning = { type: "warning", code: "W", message: hostile };
  const run = runAfter(4, [warning, failed], { name: hostile, [hostile]: hostile });
  const report = await makeReport(
    { runs: [run], notices: [{ kind: "wrong", about: hostile, message: hostile }] },
    hostile,
    () => Promise.resolve({ look: null, command: hostile, notices: [] }),
  );
  const pieces = livePieces(report, () => 0);
  // deno-lint-ignore no-explicit-any -- linkedom's document, in a program without the types of the DOM
  const { document } = parseHTML(livePage(report, pieces, "name:1")) as any;
  assert.equal(document.querySelectorAll("script").length, 1);
  assert.equal(document.querySelectorAll("img").length, 0);
  assert.equal(document.querySelectorAll("main script").length, 0);
  assert.ok(document.querySelector(".reason").textContent.includes("<script>"));
  assert.ok(!markupOf(pieces).includes("<img"));
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const piece of pieces) {
    if (typeof piece !== "string") assert.ok(document.getElementById(piece.id), piece.id);
  }
});
