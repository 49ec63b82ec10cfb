/**
 * Checks our numbers against a folder of reference numbers, value by value: `deno task parity DIR`.
 *
 * Prints a line a case with its largest error, |found - want| / max(1, |want|), then by name what the
 * folder holds and nothing checks, then `N passed, N failed`. Exit status 1 when anything disagrees, is
 * missing or cannot be read; 2 when DIR is not a folder.
 *
 * @module
 */
import type { CaseResult } from "./parity/check.ts";
import { checkFolder } from "./parity/folder.ts";

/** One line of output. */
export function caseLine({ file, name, problem, worst }: CaseResult): string {
  return problem === null
    ? `ok   ${file}  ${name}   max error ${worst.toExponential(1)}`
    : `FAIL ${file}  ${name}   ${problem}`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const [folder] = args;
  if (folder === undefined || args.length !== 1) {
    console.error(`Cannot check parity: found ${args.length} arguments, want one folder`);
    return 2;
  }
  if (!isFolder(folder)) {
    console.error(`Cannot check parity: found no folder ${folder}, want one of fixture files`);
    return 2;
  }
  const { cases, notCovered } = await checkFolder(folder);
  for (const one of cases) console.log(caseLine(one));
  for (const name of notCovered) console.log(`not covered: ${name}`);
  const failed = cases.filter(({ problem }) => problem !== null).length;
  console.log(`${cases.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
