import assert from "node:assert/strict";
import { panelLines, type PanelState, sparkline } from "../../cli/_panel.ts";

const state: PanelState = {
  ...{ step: 300, steps: 1200, loss: 0.25, elapsed: 61, eta: 183 },
  ...{ measure: { name: "TV", values: [0.8, 0.4, 0.2, 0.1] }, trajectoriesPerSecond: 2345.6 },
};

Deno.test("the panel tells step, ETA, loss, total variation and speed", () => {
  assert.deepEqual(panelLines(state, { columns: 100, colour: false }), [
    `${"█".repeat(8)}${"░".repeat(22)}   step 300/1200   ETA 3 min 3 s   elapsed 1 min 1 s`,
    "TV 0.1000   █▄▂▁   loss 0.2500   traj/s 2346",
  ]);
});

Deno.test("no line is as wide as the terminal, and what is left out is whole", () => {
  const whole = panelLines(state, { columns: 200, colour: false }).map((line) => line.split("   "));
  for (let columns = 1; columns <= 120; columns++) {
    panelLines(state, { columns, colour: false }).forEach((line, i) => {
      assert.ok([...line].length < columns, `${columns}: ${line}`);
      const items = line.split("   ").filter((item) => item !== "" && !/[░█▁]/.test(item));
      for (const item of items) assert.ok(whole[i]!.includes(item), item);
    });
  }
});

Deno.test("colours change nothing but colours", () => {
  for (const columns of [30, 50, 80]) {
    const painted = panelLines(state, { columns, colour: true }).join("\n");
    // deno-lint-ignore no-control-regex -- the escape that colours begin with
    const plain = painted.replace(/\x1b\[\d+m/g, "");
    assert.equal(plain, panelLines(state, { columns, colour: false }).join("\n"));
    assert.notEqual(plain, painted);
  }
});

Deno.test("what is not known yet is a dash", () => {
  const begun: PanelState = {
    ...{ step: 0, steps: 10, loss: undefined, elapsed: 0, eta: null },
    ...{ measure: { name: "TV", values: [] }, trajectoriesPerSecond: null },
  };
  const [first, second] = panelLines(begun, { columns: 80, colour: false });
  assert.match(first!, /^░{30} {3}step 0\/10 {3}ETA - {3}elapsed 0 s$/);
  assert.equal(second, "TV -   loss -   traj/s -");
});

Deno.test("a sparkline goes from the least to the greatest, and marks what is not finite", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([3, 3]), "▁▁");
  assert.equal(sparkline(["inf", 1, "nan", 2]), "·▁·█");
  assert.equal(sparkline([]), "");
});
