/**
 * Ours beside a peer, alternating in the same minutes: medians of five runs each, and their ratio.
 *
 *     deno run -A bench/peers/compare.ts PYTHON
 *
 * PYTHON is the interpreter of a virtual environment that has the peer; see bench/peers/README.md.
 *
 * @module
 */
const [python] = Deno.args;
if (python === undefined) {
  console.error("Cannot compare: found no argument, want the Python of the peers' environment");
  Deno.exit(2);
}

/** Peer, our objective, dims, side, exit's logit. */
const cases = [
  ["gfnx_tb.py", "tb", "2", "8", "0"],
  ["gfnx_tb.py", "tb", "2", "8", "-2.6"],
  ["gfnx_tb.py", "tb", "4", "20", "0"],
  ["gfnx_tb.py", "tb", "4", "20", "-2.6"],
] as const;
const ROUNDS = 5, ITERATIONS = "100";
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

console.log("peer         work               length ours/peer   ms ours   ms peer   ratio");
for (const [peer, objective, dims, side, exit] of cases) {
  const ours: Timing[] = [], theirs: Timing[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const script = ["run", "--no-prompt", `${here}ours.ts`, objective, dims, side, exit];
    ours.push(await run(Deno.execPath(), [...script, ITERATIONS, "2"]));
    theirs.push(await run(python, [`${here}${peer}`, dims, side, exit, ITERATIONS]));
  }
  const mine = median(ours.map(({ ms }) => ms)), other = median(theirs.map(({ ms }) => ms));
  const lengths = [ours, theirs].map((all) =>
    median(all.map(({ meanLength }) => meanLength)).toFixed(1)
  );
  console.log(
    `${peer.padEnd(13)}${`${objective} d=${dims} H=${side} exit ${exit}`.padEnd(21)}${
      lengths.join("/").padEnd(17)
    }${mine.toFixed(2).padStart(8)}${other.toFixed(2).padStart(10)}${
      (other / mine).toFixed(2).padStart(8)
    }`,
  );
}
