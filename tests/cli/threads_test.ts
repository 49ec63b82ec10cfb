import assert from "node:assert/strict";
import { gfn, jsonLines } from "./_command.ts";

const tiny = ["--set", "policy.transformer.width=8", "--set", "policy.transformer.heads=1"];
const narrow = ["--set", "policy.hidden=[8]"];

/** What a run gets on a machine of several cores. */
const runs: [what: string, args: string[], threads: number][] = [
  ["an MLP of two layers of 256", ["hypergrid"], 2],
  ["a narrow MLP, whatever a Transformer would be", ["hypergrid", ...narrow], 1],
  ["a Transformer, whatever an MLP would be", ["sequence", ...narrow], 2],
  ["a tiny Transformer", ["sequence", ...tiny], 1],
  ["an MLP over tokens", ["sequence", ...tiny, "--set", "policy.network=mlp"], 2],
  [
    "a small Transformer that computes all of its tokens anew",
    ["bitseq", ...tiny, "--set", "env.length=4096", "--set", "policy.transformer.reads=positions"],
    2,
  ],
];

for (const [what, args, threads] of runs) {
  Deno.test(`${what} gets ${threads} of several cores`, async () => {
    const { stdout, stderr } = await gfn(
      [
        "train",
        ...args,
        "--steps",
        "0",
        "--quiet",
        "--set",
        "eval.samples=1",
        "--set",
        "eval.every=1",
      ],
    );
    const line = jsonLines(stdout)[0];
    assert.equal(line.type, "run", stderr);
    assert.equal(line.host.threads, Math.min(threads, navigator.hardwareConcurrency));
  });
}
