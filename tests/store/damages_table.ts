/**
 * Prints what is said of damaged runs, and what is left of them: `deno task damages`.
 *
 * @module
 */
import { damages, tryDamage, wholeRuns } from "./_damages.ts";

const folder = Deno.makeTempDirSync();
try {
  const runs = await wholeRuns(folder);
  for (const [i, damage] of damages.entries()) {
    const { code, said, left } = await tryDamage(damage, { ...runs, folder: `${folder}/${i}` });
    console.log(
      `${damage.what}\n    exit ${code}, files: ${left}\n    ${said || "(nothing said)"}`,
    );
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}
