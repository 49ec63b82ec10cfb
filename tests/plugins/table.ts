/**
 * Prints two tables: escape attempted x refused how, law broken x message printed: `deno task escapes`. What
 * stands there was said just now; a row that says something else than its test wants ends with status 1.
 *
 * @module
 */
import { broken, checkBroken } from "./_broken.ts";
import { escapes, misdeeds, trainOnHostile, tryEscape } from "./_escapes.ts";

const LONGEST = 120;
let surprises = 0;

/** What was said, marked where the tests want something else. */
function cell(said: string, wanted: string | RegExp): string {
  const isWanted = typeof wanted === "string" ? said === wanted : wanted.test(said);
  if (!isWanted) surprises++;
  const shown = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
  return isWanted ? shown : `SURPRISE ${shown}`;
}

function print(rows: readonly (readonly string[])[]): void {
  const width = Math.max(...rows.map(([first]) => first!.length));
  for (const [first, second] of rows) console.log(`${first!.padEnd(width)}  ${second}`);
}

const tried = [["escape attempted", "refused how"]];
for (const escape of escapes) {
  const { said } = await tryEscape(escape);
  tried.push([escape.attempted, cell(said, escape.refused)]);
}
for (const [how, wanted] of Object.entries(misdeeds)) {
  const { stderr } = await trainOnHostile("at_work.ts", [`env.how=${how}`]);
  tried.push([`at work: ${how}`, cell(stderr.replace(/^gfn: /, "").trimEnd(), wanted)]);
}
print(tried);

console.log("");
const held = [["law broken", "message printed"]];
for (const { file, law, says } of broken) {
  const { outcome, detail } = (await checkBroken(file)).find((report) => report.law === law)!;
  const said = detail.replace(/ \(seed 0\)$/, "");
  held.push([law, outcome === "broken" ? cell(said, says) : cell(outcome, says)]);
}
print(held);
if (surprises > 0) Deno.exit(1);
