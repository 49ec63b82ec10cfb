import assert from "node:assert/strict";
import { type ScoreOptions, scoreVariables } from "../../likelihoods/local_score.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { file, lawsHold, logRewards, open, trained } from "../envs/_env.ts";

const tools = {
  fail(message: string): never {
    throw new Error(message);
  },
  random: () => () => 0.5,
  text: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};
const constants = { alphaMu: 1, alphaW: null, obsScale: 1, priorScale: 1, priorMean: 0 };
const local = (csv: string, equivalentSamples: number) =>
  scoreVariables(file(csv), 30, { score: "bde", ...constants, equivalentSamples }, tools).local;

/** Variables of 2, 3, 2 and 4 categories; the third follows the first two, the last is apart. */
const rows = Array.from({ length: 40 }, (_, s) => {
  const a = Math.sin(7 * s + 1) > 0 ? 1 : 0, b = (s * s + 3 * s) % 7 % 3;
  const c = Math.cos(5 * s) > 0.6 ? 1 - a : b > 0 ? a : 0, d = (11 * s + s * s) % 13 % 4;
  return [a, b, c, d];
});
const sizes = [2, 3, 2, 4];
const csv = ["a,b,c,d", ...rows.map((row) => row.join())].join("\n");

/** log of x (x + 1) … (x + n - 1), which is Gamma(x + n) / Gamma(x). */
function logRising(x: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(x + i);
  return sum;
}

/** The defining equation over the whole table of counts, configurations without a sample included. */
function byTable(j: number, parents: readonly number[], alpha: number): number {
  const q = parents.reduce((product, p) => product * sizes[p]!, 1), r = sizes[j]!;
  const counts = Array.from({ length: q }, () => new Array<number>(r).fill(0));
  for (const row of rows) {
    counts[parents.reduce((code, p) => code * sizes[p]! + row[p]!, 0)]![row[j]!]!++;
  }
  return counts.reduce((sum, own) =>
    sum - logRising(alpha / q, own.reduce((a, b) => a + b)) +
    own.reduce((inner, n) => inner + logRising(alpha / (q * r), n), 0), 0);
}

const subsets = (of: readonly number[]): number[][] =>
  of.reduce<number[][]>((all, x) => [...all, ...all.map((one) => [...one, x])], [[]]);

Deno.test("bde is its equation over the whole table of counts, for every family", () => {
  for (const alpha of [1e-6, 1, 10, 1e4]) {
    const score = local(csv, alpha);
    for (const j of [0, 1, 2, 3]) {
      for (const parents of subsets([0, 1, 2, 3].filter((i) => i !== j))) {
        const found = score(j, parents), want = byTable(j, parents, alpha);
        // log Gamma of numbers near 1e4 is near 1e5, of which a double has 1e-11.
        const most = alpha > 100 ? 1e-9 : 1e-11;
        assert.ok(Math.abs(found - want) < most, `${j} | ${parents}: ${found}, want ${want}`);
        assert.ok(Math.abs(score(j, parents.toReversed()) - found) < most);
      }
    }
  }
});

Deno.test("bde of three samples is what comes out by hand", () => {
  // log Gamma is as good as a double at 16 and above, where it is 28: some 4e-15 each.
  const near = (found: number, want: number) => assert.ok(Math.abs(found - want) < 1e-13);
  const score = local("x,y\nlow,no\nlow,yes\nhigh,yes", 1);
  // x: Gamma(1)/Gamma(4) * Gamma(5/2)/Gamma(1/2) * Gamma(3/2)/Gamma(1/2) = 1/6 * 3/4 * 1/2.
  near(score(0, []), Math.log(1 / 16));
  // y given x: low (one no, one yes) gives (1/4)(1/4) / (1/2 * 3/2), high (one yes) (1/4) / (1/2).
  near(score(1, [0]), Math.log(1 / 12 * 1 / 2));
  // Two samples that differ: 1/2, then (1/2) / 2.
  near(local("x,y\n0,0\n1,1", 1)(0, []), Math.log(1 / 2 * 1 / 4));
});

Deno.test("bde is the same for all graphs that no data can tell apart", async () => {
  for (const equivalentSamples of [0.5, 20]) {
    const environment = await open("dag", { data: file(csv), score: "bde", equivalentSamples });
    const { enumeration } = environment, state = new Int32Array(4);
    const { logReward } = await buildStateGraph(environment);
    /** Skeleton and colliders whose parents are not linked (Verma and Pearl 1990). */
    const classOf = (s: number) => {
      enumeration!.state(s, state, 0);
      const has = (i: number, j: number) => (state[j]! >> i & 1) === 1;
      const linked = (i: number, j: number) => has(i, j) || has(j, i);
      const all = [0, 1, 2, 3], pairs = all.flatMap((i) => all.slice(i + 1).map((j) => [i, j]));
      return pairs.map(([i, j]) =>
        linked(i!, j!) ? "-" : all.filter((k) => has(i!, k) && has(j!, k)).join("")
      ).join("|");
    };
    const classes = Map.groupBy(Array.from(logReward.keys()), classOf);
    assert.equal(logReward.length, 543);
    assert.equal(classes.size, 185); // of four variables, as known since Gillispie and Perlman 2001
    for (const [, own] of classes) {
      for (const s of own) assert.ok(Math.abs(logReward[s]! - logReward[own[0]!]!) < 1e-10);
    }
  }
});

Deno.test("bde counts only what there is: thirty variables with all the others as parents", () => {
  const wide = Array.from(
    { length: 20 },
    (_, s) => Array.from({ length: 30 }, (_, i) => Math.floor(8 * Math.abs(Math.sin(s * i + s)))),
  );
  const score = local(wide.map((row) => row.join()).join("\n"), 1);
  const found = score(0, Array.from({ length: 29 }, (_, i) => i + 1));
  // Nearly every sample has a configuration of its own, in which each category is as likely.
  assert.ok(found < 0 && found > -20 * Math.log(8) - 1e-9, String(found));
});

Deno.test("bde reads categories as numbers or as words, with or without names", async () => {
  const scores = async (text: string) => {
    const environment = await open("dag", { data: file(text), score: "bde" });
    return [...await logRewards(environment, [[0, 0], [0, 1], [2, 0]])];
  };
  const words = await scores("x,y\nlow,no\nlow,yes\nhigh,yes\n");
  assert.deepEqual(await scores("0, 0\r\n0, 1\r\n1, 1"), words);
  assert.deepEqual(await scores("p,q\n7,-1\n7.0,2\n-3,2"), words);
  assert.deepEqual(await scores("x,y\n0,no\n0,yes\nnone,yes\n"), words);
});

Deno.test("dag keeps all laws by bde, and learns three variables", async () => {
  await lawsHold("dag", { data: file(csv), score: "bde", prior: "fair" });
  const data = file(rows.map(([a, b, c]) => [a, b, c].join()).join("\n"));
  const settings = { steps: 600, explore: { epsilon: 0.2 } };
  const { tv } = await trained("dag", { data, score: "bde" }, "modified-db", settings);
  assert.ok(Number(tv) < 0.05, `total variation ${tv}`);
});

Deno.test("bde says what is not of categories", async () => {
  const bad: [string, RegExp][] = [
    ["a,b\n0,1\n1,1", /data has "1" alone as b, want two categories or more/],
    ["a,b\n0,1\n,0", /data has "" as a of sample 2, want a category/],
    ["a,b\n0,1\n1,NA", /data has "NA" as b of sample 2, want a category/],
    ["a,b\n0,1\n1,0.5", /data has 0.5 as b of sample 2, want a category, a whole number or a word/],
    ["a,b\n0,1\n1", /data has 1 values in sample 2, "1", want 2/],
    ["low,no\nhigh,no\nlow,yes", /data has "low" as the name of a column and in it/],
    [
      Array.from({ length: 70 }, (_, i) => `${i},${i % 2}`).join("\n"),
      /data has 70 different values of X0, want at most 64 categories/,
    ],
  ];
  for (const [text, message] of bad) {
    const opened = open("dag", { data: file(text), score: "bde" });
    await assert.rejects(opened, { code: "E_ENV_OPTIONS", message });
  }
  await assert.rejects(open("dag", { score: "bde" }), /data null, want a file/);
});

const known: ScoreOptions["score"][] = ["bge", "linear-gaussian"];
Deno.test("scores of numbers say which value is none", () => {
  for (const score of known) {
    const options = { score, ...constants, equivalentSamples: 1 };
    assert.throws(
      () => scoreVariables(file("a,b\n1,2\n3,low"), 30, options, tools),
      /data has "low" as b of sample 2, want a number/,
    );
  }
});
