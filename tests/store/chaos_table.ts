/**
 * Kills runs at random instants and prints what became of them: `deno task chaos [KILLS]`.
 *
 * @module
 */
import { RandomStream } from "../../tensor/random.ts";
import { chaos, type Counts, subjects, unbroken } from "./_chaos.ts";

const kills = Number(Deno.args[0] ?? 200), each = Math.ceil(kills / subjects.length);
const keys: readonly (keyof Counts)[] = ["kills", "resumes", "mismatches", "lost", "cut", "torn"];
const heads = ["kills", "resumes", "mismatches", "lost lines", "cut, repaired", "torn lines"];
const row = (name: string, cells: readonly string[]) =>
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(15)).join(""));
row("run", heads);
const total: Record<string, number> = {};
const folder = Deno.makeTempDirSync();
try {
  const seed = Date.now(), random = RandomStream.of(seed, "kills");
  console.log(`seed ${seed}`);
  for (const [i, subject] of subjects.entries()) {
    const whole = `${folder}/whole${i}`, { ms } = await unbroken(subject, whole);
    const own = `${folder}/${i}`;
    Deno.mkdirSync(own);
    const counts = await chaos(subject, { whole, ms, folder: own, kills: each, random });
    for (const key of keys) total[key] = (total[key] ?? 0) + counts[key];
    row(subject.name, keys.map((key) => String(counts[key])));
  }
  row("all", keys.map((key) => String(total[key])));
} finally {
  Deno.removeSync(folder, { recursive: true });
}
