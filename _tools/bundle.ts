/**
 * Makes `dist/gfn.js`, the command as one file: `deno task bundle`. The worker of the sandbox is bundled
 * first, into a text that the command carries.
 *
 * @module
 */

const root = new URL("../", import.meta.url);

/** Where what is shipped goes. */
export const dist: string = new URL("dist", root).pathname;

/** The bundle's entry. */
const entry = `import { door } from "${new URL("gfn.ts", root)}";
import { carryWorker } from "${new URL("sandbox/carried_worker.ts", root)}";
import program from "./_worker.js" with { type: "text" };

carryWorker(program);
Deno.exit(await door());
`;

/** What was made. */
export interface Bundle {
  path: string;
  bytes: number;
  /** Of these, the worker's text. */
  workerBytes: number;
}

/** Bundles the command into `gfn.js` of a folder. */
export async function makeBundle(folder: string): Promise<Bundle> {
  const path = `${folder}/gfn.js`, worker = `${folder}/_worker.js`, door = `${folder}/_entry.ts`;
  await Deno.mkdir(folder, { recursive: true });
  try {
    // For a browser, since a worker without permissions is one: tfjs then leaves out what asks for Node.
    await deno("bundle", "--minify", "--platform", "browser", "-o", worker, "sandbox/worker.ts");
    await Deno.writeTextFile(door, entry);
    // Not minified, so that stacks say something; packed they differ by a tenth.
    await deno("bundle", "-o", path, door);
    const [{ size: bytes }, { size: workerBytes }] = [Deno.statSync(path), Deno.statSync(worker)];
    return { path, bytes, workerBytes };
  } finally {
    for (const part of [worker, door]) await Deno.remove(part).catch(() => {});
  }
}

/** Runs Deno in the project's folder and gives what it prints; throws what it says where it fails. */
export async function deno(...args: string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "null" });
  const { success, code, stdout, stderr } = await child.output(), decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`deno ${args.join(" ")} ended with ${code}: ${decoder.decode(stderr)}`);
}

/** A number of bytes, for a person. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) {
  const { bytes, workerBytes } = await makeBundle(dist);
  console.log(
    `dist/gfn.js  ${megabytes(bytes)}, of which the sandbox's worker ${megabytes(workerBytes)}`,
  );
}
