/**
 * What can be wrong with a run folder, what is said of it, and what it leaves as it was: what the test
 * asserts and the table prints.
 *
 * @module
 */
import { comparableEvents, gfn } from "../cli/_command.ts";

/** What a command leaves of the files that were there. */
export type Left = "all as it was" | "gone on with";

/** One case. */
export interface Damage {
  what: string;
  /** Changes a copy of a run of 40 steps with checkpoints at 20, 30 and 40. */
  damage(folder: string): void;
  args(folder: string): string[];
  code: number;
  /** All of stderr, the folder's path as DIR; null where nothing is said. */
  says: RegExp | null;
  left: Left;
}

/** The run that is damaged. */
export const WHOLE = [
  ...["train", "--quiet", "--set", "env.side=6", "--set", "policy.hidden=[8]"],
  ...["--set", "checkpoint.every=10", "--set", "log.every=10", "--set", "eval.every=20"],
  ...["--set", "checkpoint.keep=3"],
];

const resume = (...more: string[]) => (folder: string) => [
  ...["train", "--quiet", "--resume", folder, "--steps", "50"],
  ...more,
];
const text = (path: string) => Deno.readTextFileSync(path);
const metrics = (folder: string) => `${folder}/metrics.jsonl`;
const checkpoint = (folder: string, step: number) =>
  `${folder}/checkpoints/${String(step).padStart(10, "0")}.safetensors`;

function flip(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[bytes.length >> 1]! ^= 4;
  Deno.writeFileSync(path, bytes);
}

function editLine(folder: string, line: number, edit: (text: string) => string): void {
  const lines = text(metrics(folder)).split("\n");
  lines[line - 1] = edit(lines[line - 1]!);
  Deno.writeTextFileSync(metrics(folder), lines.join("\n"));
}

const nothing = () => {};

/** Every case. */
export const damages: readonly Damage[] = [
  {
    what: "a folder that is not there",
    damage: (folder) => Deno.removeSync(folder, { recursive: true }),
    args: resume(),
    code: 2,
    says:
      /^gfn: Cannot read the run in DIR: found no run\.json there, want a folder that gfn train --out wrote$/,
    left: "all as it was",
  },
  {
    what: "run.json is no JSON",
    damage: (folder) => Deno.writeTextFileSync(`${folder}/run.json`, "{"),
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot read DIR\/run\.json: found no description of a run \(: Invalid input: expected object, received null\)$/,
    left: "all as it was",
  },
  {
    what: "last line cut off",
    damage: (folder) => Deno.writeTextFileSync(metrics(folder), text(metrics(folder)).slice(0, -9)),
    args: resume(),
    code: 0,
    says: null,
    left: "gone on with",
  },
  {
    what: "line 3 is no JSON",
    damage: (folder) => editLine(folder, 3, (line) => line.slice(5)),
    args: resume(),
    code: 1,
    says: /^gfn: Cannot read DIR\/metrics\.jsonl: line 3 is no JSON$/,
    left: "all as it was",
  },
  {
    what: "line 3 is no event",
    damage: (folder) => editLine(folder, 3, (line) => line.replace('"step"', '"stop"')),
    args: resume(),
    code: 1,
    says: /^gfn: Cannot read DIR\/metrics\.jsonl: line 3 is no event of a run \(step: .*\)$/,
    left: "all as it was",
  },
  {
    what: "lines before the checkpoint are gone",
    damage: (folder) => Deno.truncateSync(metrics(folder), text(metrics(folder)).length - 900),
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot read DIR\/metrics\.jsonl: found whole lines up to byte \d+, want \d+, where the checkpoint was taken$/,
    left: "all as it was",
  },
  {
    what: "a bit of the last checkpoint is flipped",
    damage: (folder) => flip(checkpoint(folder, 40)),
    args: resume(),
    code: 0,
    says:
      /^Cannot use the checkpoint DIR\/checkpoints\/0000000040\.safetensors: found another checksum than it names, want the bytes that were written$/,
    left: "gone on with",
  },
  {
    what: "the last checkpoint is cut off",
    damage: (folder) => Deno.truncateSync(checkpoint(folder, 40), 1000),
    args: resume(),
    code: 0,
    says:
      /^Cannot use the checkpoint DIR\/checkpoints\/0000000040\.safetensors: found .*, want a whole file$/,
    left: "gone on with",
  },
  {
    what: "all checkpoints are damaged",
    damage: (folder) => [20, 30, 40].forEach((step) => flip(checkpoint(folder, step))),
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot use the run in DIR: found none of 3 checkpoints that can be used; Cannot use the checkpoint .*, want the bytes that were written$/,
    left: "all as it was",
  },
  {
    what: "all checkpoints are gone",
    damage: (folder) => Deno.removeSync(`${folder}/checkpoints`, { recursive: true }),
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot go on with the run in DIR: found no checkpoint, though metrics\.jsonl tells of one, want it back, or a new run$/,
    left: "all as it was",
  },
  {
    what: "checkpoints is a file",
    damage(folder) {
      Deno.removeSync(`${folder}/checkpoints`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/checkpoints`, "");
    },
    args: resume(),
    code: 1,
    says: /^gfn: Cannot read DIR\/checkpoints: Not a directory.*$/,
    left: "all as it was",
  },
  {
    what: "garbage behind the checkpoint, no more steps wanted",
    damage: (folder) =>
      Deno.writeTextFileSync(metrics(folder), `${text(metrics(folder))}\0\0garbage\n`),
    args: (folder) => ["train", "--quiet", "--resume", folder],
    code: 0,
    says: null,
    left: "gone on with",
  },
  {
    what: "metrics.jsonl is gone, the best is sampled",
    damage: (folder) => Deno.removeSync(metrics(folder)),
    args: (folder) => ["sample", folder, "--checkpoint", "best"],
    code: 1,
    says: /^gfn: Cannot read the run in DIR: No such file or directory.*$/,
    left: "all as it was",
  },
  {
    what: "other settings",
    damage: nothing,
    args: resume("--set", "policy.lr=0.5", "--seed", "1"),
    code: 2,
    says:
      /^gfn: Cannot go on with the run in DIR under other settings: found policy\.lr = 0\.5, was 0\.001; seed = 1, was 0, want the run's own, or a new run$/,
    left: "all as it was",
  },
  {
    what: "another environment",
    damage: nothing,
    args: (folder) => ["train", "cube", "--resume", folder],
    code: 2,
    says:
      /^gfn: Cannot go on with the run in DIR under other settings: found env\.name = cube, was hypergrid, want the run's own, or a new run$/,
    left: "all as it was",
  },
  {
    what: "fewer steps than it has",
    damage: nothing,
    args: (folder) => ["train", "--resume", folder, "--steps", "30"],
    code: 2,
    says: /^gfn: Cannot go on with the run in DIR: found --steps 30, want at least its 40$/,
    left: "all as it was",
  },
  {
    what: "finished, no more steps wanted",
    damage: nothing,
    args: (folder) => ["train", "--resume", folder],
    code: 0,
    says: /^the run in DIR is finished; --steps N trains it further$/,
    left: "all as it was",
  },
  {
    what: "--out beside --resume",
    damage: nothing,
    args: resume("--out", "elsewhere"),
    code: 2,
    says:
      /^gfn: Cannot use --out with --resume: found both, want the folder of the run, which holds all that it needs$/,
    left: "all as it was",
  },
  {
    what: "a new run into its folder",
    damage: nothing,
    args: (folder) => [...WHOLE, "--steps", "40", "--out", folder],
    code: 2,
    says:
      /^gfn: Cannot write the run to DIR: found another run there, want a new or empty folder, or --resume DIR$/,
    left: "all as it was",
  },
  {
    what: "run.json edited",
    damage(folder) {
      const path = `${folder}/run.json`;
      Deno.writeTextFileSync(path, text(path).replace('"clip": 0.2', '"clip": 0.3'));
    },
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot read the run in DIR: found settings in run\.json that are not those of its configHash, want them as they were written$/,
    left: "all as it was",
  },
  {
    what: "checkpoints of another run",
    damage(folder) {
      for (const step of [20, 30, 40]) {
        Deno.copyFileSync(checkpoint(`${folder}/../other`, step), checkpoint(folder, step));
      }
    },
    args: resume(),
    code: 1,
    says:
      /^gfn: Cannot use the checkpoint DIR\/checkpoints\/0000000040\.safetensors: found that of a run with other settings$/,
    left: "all as it was",
  },
  {
    what: "sample of a step without checkpoint",
    damage: nothing,
    args: (folder) => ["sample", folder, "--checkpoint", "35"],
    code: 1,
    says: /^gfn: Cannot find a checkpoint of step 35 in DIR: found those of steps 20, 30, 40$/,
    left: "all as it was",
  },
  {
    what: "sample of a moving average that is not there",
    damage: nothing,
    args: (folder) => ["sample", folder, "--averaged"],
    code: 2,
    says:
      /^gfn: Cannot use the moving average of the run in DIR: found none in its checkpoint, want a run with ema\.decay above 0$/,
    left: "all as it was",
  },
  {
    what: "objects of another environment",
    damage: (folder) => Deno.writeTextFileSync(`${folder}/objects`, '{"state":[1,2,3]}\n'),
    args: (folder) => ["sample", folder, "--backward", `${folder}/objects`],
    code: 1,
    says:
      /^gfn: Cannot use the objects given: found states of 3 words, want 2 in environment "hypergrid"$/,
    left: "all as it was",
  },
  {
    what: "a line that is no object",
    damage: (folder) => Deno.writeTextFileSync(`${folder}/objects`, '{"state":[1,2]}\n[1,2]\n'),
    args: (folder) => ["eval", folder, "--objects", `${folder}/objects`],
    code: 1,
    says:
      /^gfn: Cannot read objects from DIR\/objects: found no state in line 2, want \{"state": \[2 whole numbers\]\} as gfn sample prints it$/,
    left: "all as it was",
  },
  {
    what: "a state that is no object",
    damage: (folder) => Deno.writeTextFileSync(`${folder}/objects`, '{"state":[1,77]}\n'),
    args: (folder) => ["sample", folder, "--backward", `${folder}/objects`],
    code: 1,
    says: /^gfn: Cannot .*/,
    left: "all as it was",
  },
  {
    what: "validate: a line out of order",
    damage: (folder) => editLine(folder, 3, (line) => line.replace('"step":10', '"step":39')),
    args: (folder) => ["validate", metrics(folder)],
    code: 1,
    says: /^gfn: Cannot read DIR\/metrics\.jsonl: line 4 is of step \d+, behind one of step 39$/,
    left: "all as it was",
  },
  {
    what: "validate: last line cut off",
    damage: (folder) => Deno.writeTextFileSync(metrics(folder), text(metrics(folder)).slice(0, -9)),
    args: (folder) => ["validate", metrics(folder)],
    code: 1,
    says:
      /^gfn: Cannot take DIR\/metrics\.jsonl for whole: found line 13 cut off after \d+ bytes, which gfn train --resume repairs$/,
    left: "all as it was",
  },
  {
    what: "export over a file",
    damage: nothing,
    args: (folder) => ["export", folder, "--format", "json", "--to", `${folder}/run.json`],
    code: 2,
    says: /^gfn: Cannot write DIR\/run\.json: found a file there, want a new name$/,
    left: "all as it was",
  },
];

/** Makes the run that is damaged, and the one that its going on is compared with. */
export async function wholeRuns(folder: string): Promise<{ whole: string; longer: string }> {
  const whole = `${folder}/whole`, longer = `${folder}/longer`, other = `${folder}/other`;
  for (
    const [path, ...more] of [
      [whole, "--steps", "40"],
      [longer, "--steps", "50"],
      [other, "--steps", "40", "--seed", "1"],
    ] as const
  ) {
    const args = [...WHOLE, "--out", path, ...more];
    const { code, stderr } = await gfn(args, access(path));
    if (code !== 0) throw new Error(stderr);
  }
  return { whole, longer };
}

/** What became of a case. */
export interface Outcome {
  code: number;
  said: string;
  left: Left | "LOST";
}

/** Tries a case on a copy of the run. */
export async function tryDamage(
  { damage, args }: Damage,
  { whole, longer, folder }: { whole: string; longer: string; folder: string },
): Promise<Outcome> {
  copy(whole, folder);
  damage(folder);
  const before = snapshotOf(folder);
  const { code, stderr } = await gfn(args(folder), access(folder));
  const said = stderr.trimEnd().replaceAll(folder, "DIR");
  const after = snapshotOf(folder);
  const unchanged = [...before].every(([name, bytes]) =>
    name.endsWith("lock") || after.get(name) === bytes
  );
  const goneOn = sameEvents(folder, longer) || sameEvents(folder, whole);
  const left = unchanged ? "all as it was" : goneOn ? "gone on with" : "LOST";
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch { /* it was not there */ }
  return { code, said, left };
}

/** Compared without the first line: it carries the steps, and the exploration laid out over them. */
function sameEvents(folder: string, other: string): boolean {
  try {
    const [found, wanted] = [folder, other].map((path) => comparableEvents(metrics(path)).slice(1));
    return JSON.stringify(found) === JSON.stringify(wanted);
  } catch {
    return false;
  }
}

function access(folder: string): string[] {
  return [`--allow-read=${folder}`, `--allow-write=${folder}`];
}

function copy(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Every file's content by its path. */
function snapshotOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) snapshotOf(path).forEach((text, inner) => found.set(inner, text));
      else found.set(path, new TextDecoder("latin1").decode(Deno.readFileSync(path)));
    }
  } catch { /* it is not there */ }
  return found;
}
