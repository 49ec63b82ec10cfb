/**
 * Ours, with WebAssembly and with the system's BLAS, beside a peer, alternating in the same minutes:
 * medians of three runs each, and their ratios.
 *
 *     deno run -A bench/peers/compare.ts gfnx=PYTHON torchgfn=PYTHON
 *
 * PYTHON is the interpreter of a virtual environment that has the peer; see bench/peers/README.md. A peer
 * that is not named is left out.
 *
 * @module
 */
const pythons = new Map(Deno.args.map((arg) => arg.split("=") as [string, string]));
const runners: Readonly<Record<string, string>> = {
  gfnx: "gfnx_tb.py",
  torchgfn: "torchgfn_balance.py",
};
if (pythons.size === 0 || [...pythons.keys()].some((peer) => !Object.hasOwn(runners, peer))) {
  console.error(`Cannot compare: found "${Deno.args.join(" ")}", want gfnx=PYTHON torchgfn=PYTHON`);
  Deno.exit(2);
}

/** Peer, objective, dims, side, exit's logit. */
const cases = ([
  ["gfnx", "tb", "2", "8", "0"],
  ["gfnx", "tb", "2", "8", "-2.6"],
  ["gfnx", "tb", "4", "20", "0"],
  ["gfnx", "tb", "4", "20", "-2.6"],
  ["torchgfn", "tb", "4", "20", "0"],
  ["torchgfn", "tb", "4", "20", "-2.6"],
  ["torchgfn", "db", "4", "20", "-2.6"],
  ["torchgfn", "subtb", "4", "20", "-2.6"],
] as const).filter(([peer]) => pythons.has(peer));
const ROUNDS = 3, ITERATIONS = "100";
const here = new URL(".", import.meta.url).pathname;

interface Timing {
  ms: number;
  meanLength: number;
}

async function run(command: string, args: readonly string[]): Promise<Timing> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  const text = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1)!;
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

console.log(
  `${"peer".padEnd(10)}${"work".padEnd(26)}${
    "length ours/peer".padEnd(18)
  }  ms wasm  ms blas  ms peer    ratio with blas`,
);
for (const [peer, objective, dims, side, exit] of cases) {
  const ours: Timing[] = [], native: Timing[] = [], theirs: Timing[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const script = ["run", "--no-prompt", "--allow-ffi", `${here}ours.ts`];
    const own = [...script, objective, dims, side, exit, ITERATIONS, "2"];
    ours.push(await run(Deno.execPath(), [...own, "wasm"]));
    native.push(await run(Deno.execPath(), [...own, "blas"]));
    const work = [dims, side, exit, ITERATIONS, objective];
    theirs.push(await run(pythons.get(peer)!, [`${here}${runners[peer]}`, ...work]));
  }
  const [mine, blas, other] = [ours, native, theirs].map((all) =>
    median(all.map(({ ms }) => ms))
  ) as [
    number,
    number,
    number,
  ];
  const lengths = [ours, theirs].map((all) =>
    median(all.map(({ meanLength }) => meanLength)).toFixed(1)
  );
  console.log(
    `${peer.padEnd(10)}${`${objective} d=${dims} H=${side} exit ${exit}`.padEnd(26)}${
      lengths.join("/").padEnd(18)
    }${
      [mine, blas, other, other / mine, other / blas].map((x) => x.toFixed(2).padStart(9)).join("")
    }`,
  );
}
