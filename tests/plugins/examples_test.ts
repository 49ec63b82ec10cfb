import assert from "node:assert/strict";
import { gfn, jsonLines } from "../cli/_command.ts";
import { module, serve } from "./_serve.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = `${root}examples/plugins`;
const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);

/** Each example with its log Z by another way, and the total variation that a short run reaches. */
const examples: { name: string; env: string[]; objective: string; logZ: number; tv: number }[] = [
  // Onsager's sum over the 512 states of the 3x3 torus, by the transfer matrix of three rings of three.
  { name: "ising", env: ["env.beta=0.2"], objective: "tb", logZ: transferMatrix(3, 0.2), tv: 0.1 },
  { name: "bitseq", env: ["env.length=6", "env.word=2"], objective: "tb", logZ: NaN, tv: 0.1 },
  // One triangle, three squares; 72 other graphs of up to four nodes.
  { name: "ring", env: [], objective: "ent-ppo", logZ: Math.log(4 * 100 + 72), tv: 0.15 },
];

/** log of the trace of T^side, T the transfer matrix between rings of `side` spins. */
function transferMatrix(side: number, beta: number): number {
  const rows = 2 ** side, spin = (row: number, i: number) => 2 * (row >> (i % side) & 1) - 1;
  const T = Array.from({ length: rows }, (_, a) =>
    Array.from({ length: rows }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < side; i++) sum += spin(a, i) * (spin(a, i + 1) + spin(b, i));
      return Math.exp(beta * sum);
    }));
  let power = T;
  for (let i = 1; i < side; i++) {
    power = power.map((row) =>
      T[0]!.map((_, b) => row.reduce((sum, x, k) => sum + x * T[k]![b]!, 0))
    );
  }
  return Math.log(power.reduce((sum, row, a) => sum + row[a]!, 0));
}

for (const { name, env, objective, logZ, tv } of examples) {
  Deno.test(`examples/plugins/${name}.ts keeps all laws and is learned, loaded over HTTP`, async () => {
    const server = serve((path) => module(read(path.slice(1))));
    const permissions = [`--allow-net=${server.host}`, `--allow-read=${root}`];
    const url = `${server.origin}/${name}.ts`, set = env.flatMap((one) => ["--set", one]);
    try {
      const check = await gfn(["plugin", "check", url, ...set], permissions);
      assert.equal(check.code, 0, check.stdout + check.stderr);
      const trained = await gfn(
        [
          ...["train", url, "--quiet", "--steps", "500", "--set", `objective=${objective}`, ...set],
          ...[
            "--set",
            "policy.network=mlp",
            "--set",
            "policy.hidden=[64,64]",
            "--set",
            "policy.lr=0.005",
            "--set",
            "eval.every=500",
          ],
        ],
        permissions,
      );
      assert.equal(trained.stderr, "");
      const last = jsonLines(trained.stdout).findLast(({ type }) => type === "eval");
      assert.ok(last.tv < tv, `total variation ${last.tv}`);
      if (!Number.isNaN(logZ)) {
        assert.ok(Math.abs(last.logZExact - logZ) < 1e-9, `${last.logZExact}, want ${logZ}`);
      }
    } finally {
      await server.close();
    }
  });
}

Deno.test("examples/plugins/table.ts reads its rewards from a file, whose hash stands in the run", async () => {
  const table = `${folder}/table.csv`;
  const { code, stdout, stderr } = await gfn(
    ["train", `${folder}/table.ts`, "--quiet", "--steps", "2", "--set", `env.rewards=${table}`],
    [`--allow-read=${root}`],
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const [run] = jsonLines(stdout);
  assert.match(run.files.rewards, /^[0-9a-f]{64}$/);
  const missing = await gfn(["plugin", "check", `${folder}/table.ts`], [`--allow-read=${root}`]);
  assert.equal(missing.code, 2);
  assert.equal(
    missing.stderr,
    'gfn: Cannot open environment "table": rewards is not set, want a CSV file\n',
  );
});

Deno.test("gfn plugin info shows options and pin, and the pin is the file's", async () => {
  const { code, stdout } = await gfn(["plugin", "info", `${folder}/ring.ts`], [
    `--allow-read=${root}`,
  ]);
  assert.equal(code, 0);
  const pin = /pin +(#sha256=[0-9a-f]{64})/.exec(stdout)![1]!;
  assert.match(
    stdout,
    /^ring: graphs of nodes and edges, rewarded for being a ring\n {2}after torchgfn/,
  );
  assert.match(stdout, /env\.nodes +4 +integer \[3, 8\] +most nodes/);
  const pinned = await gfn(["plugin", "info", `${folder}/ring.ts${pin}`, "--json"], [
    `--allow-read=${root}`,
  ]);
  assert.equal(`#sha256=${JSON.parse(pinned.stdout).sha256}`, pin);
});
