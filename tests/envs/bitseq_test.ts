import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, open, trained } from "./_env.ts";

const benchmark = { length: 120, word: 8, hidden: "gfnx" };

Deno.test("bitseq keeps all laws in both orders, and at the size of the benchmark", async () => {
  for (const order of ["any-position", "append"]) {
    await lawsHold("bitseq", { length: 8, word: 2, order });
    await lawsHold("bitseq", { ...benchmark, order }, 4);
  }
});

Deno.test("bitseq measures the distance to the nearest hidden sequence, bit by bit", async () => {
  const modesFile = file("11110000\n00000000\n");
  const words = [1 + 0b11, 1 + 0b11, 1 + 0b01, 1 + 0b00]; // 11110100
  for (
    const [options, want] of [
      [{ exponent: 3, per: "length" }, -3 / 8],
      [{ exponent: 2, per: "bit" }, -2],
    ] as const
  ) {
    const environment = await open("bitseq", { length: 8, word: 2, modesFile, ...options });
    assert.deepEqual(await logRewards(environment, [words]), [want]);
    assert.equal(environment.text!(Int32Array.from(words), 0), "11110100");
    assert.equal(environment.isMode!(Int32Array.from(words), 0), false);
  }
  const near = await open("bitseq", { length: 8, word: 2, modesFile, radius: 1 });
  assert.equal(near.isMode!(Int32Array.from(words), 0), true);
});

Deno.test("bitseq has the 60 hidden sequences of gfnx, all modes and all different", async () => {
  const environment = await open("bitseq", benchmark);
  // The first one's blocks are 4 2 0 4 3 0 1 4 4 3 4 2 3 0 0.
  const blocks = ["00000000", "11111111", "11110000", "00001111", "00111100"];
  const first = Array.from("420430144342300", (code) => blocks[Number(code)]!);
  const actions = first.map((bits, place) => place * 256 + parseInt(bits, 2));
  const state = built(environment, actions);
  assert.equal(environment.isMode!(state, 0), true);
  assert.equal(environment.text!(state, 0), first.join(""));
  state[3] = 1 + 0b00000001;
  assert.equal(environment.isMode!(state, 0), false);
});

Deno.test("bitseq draws the hidden sequences of an instance, none twice", async () => {
  const modesOf = async (instance: number) => {
    const environment = await open("bitseq", { length: 8, word: 8, modes: 5, instance });
    return Array.from({ length: 256 }, (_, x) => x)
      .filter((x) => environment.isMode!(Int32Array.of(x + 1), 0));
  };
  const all = ["00000000", "11111111", "11110000", "00001111", "00111100"];
  assert.deepEqual(
    await modesOf(0),
    all.map((bits) => parseInt(bits, 2)).toSorted((a, b) => a - b),
  );
});

Deno.test("bitseq refuses options that do not fit together", async () => {
  for (
    const options of [
      { length: 15, word: 4 },
      { length: 12, word: 4 },
      { length: 8, word: 4, modes: 6 },
      { length: 16, hidden: "gfnx" },
      { ...benchmark, modes: 4 },
      { length: 4, word: 2, modesFile: file("011") },
      { length: 4, word: 2, modesFile: file("") },
    ]
  ) await assert.rejects(open("bitseq", options), { code: "E_ENV_OPTIONS" });
});

for (const order of ["any-position", "append"]) {
  for (const objective of ["tb", "ent-ppo"]) {
    Deno.test(`bitseq of 8 bits, ${order}, is learned by ${objective}`, async () => {
      const options = { length: 8, word: 2, order, exponent: 8 };
      const { tv } = await trained("bitseq", options, objective, { steps: 500 });
      assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
    });
  }
}
