import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const folder = Deno.makeTempDirSync(), library = `${folder}/library`, user = `${folder}/user`;
Deno.mkdirSync(`${user}/made`, { recursive: true });

/** Runs a program to its end. */
function run(program: string, args: readonly string[], cwd: string | URL = user) {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = child.outputSync(), decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a program that has to succeed and gives what it prints. */
function fine(program: string, args: readonly string[], cwd?: string | URL): string {
  const { code, stdout, stderr } = run(program, args, cwd);
  assert.equal(code, 0, `${program} ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

// The task's own command, so that its permissions are tried too, but for where it writes.
const [, ...task] = project.tasks.npm.command.split(" ")
  .map((word) => word.replace("--allow-write=dist", `--allow-write=${library}`));
fine(Deno.execPath(), [...task, library], root);
const manifest = JSON.parse(Deno.readTextFileSync(`${library}/package.json`));
const types = Deno.readTextFileSync(`${library}/mod.d.ts`);

/** The compilers of users: one that checks libraries' declarations too, and one of the newest line. */
const compilers = { typescript: "5.9.3", typescript7: "npm:typescript@7.0.2" };

/** Whether npm is here and reaches its registry. A failure of any other kind is one of the test. */
function hasRegistry(): boolean {
  try {
    const once = ["--prefer-online", "--fetch-retries=0", "--fetch-timeout=20000"];
    const { code, stderr } = run("npm", ["view", ...once, "zod@4.6.7", "version"]);
    return code === 0 || !/ENOTFOUND|EAI_AGAIN|ECONN|ENETUNREACH|TIMED?OUT/.test(stderr);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const installs = hasRegistry();
if (!installs) console.log("The package was not installed: found no npm that reaches its registry");

/** The example of mod.ts from another module, and what it found last. */
const [, example] = /```ts\n([\s\S]*?) \* ```/.exec(
  Deno.readTextFileSync(new URL("mod.ts", root)),
)!;
const program = (from: string) =>
  `${example!.replaceAll(/^ \* ?/gm, "")}console.log(JSON.stringify([last.tv, last.logZ]));\n`
    .replace("./mod.ts", from);

Deno.test("what stands beside the package is pinned as the project pins it", () => {
  const pins: Record<string, string> = project.imports;
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    assert.equal(pins[name], `npm:${name}@${version}`);
  }
  const imported = [...types.matchAll(/ from '([^']+)'|import\("([^"]+)"\)/g)]
    .map(([, from, inline]) => from ?? inline!);
  for (const name of imported) assert.ok(Object.hasOwn(manifest.dependencies, name), name);
  assert.ok(imported.includes("zod") && imported.includes("@tensorflow/tfjs-core"));
});

Deno.test("the types know nothing of Deno, and nothing in them was lost to any", () => {
  const code = types.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/"[^"\n]*"/g, '""');
  assert.doesNotMatch(code, /\bDeno\b|node:/);
  // Those that the sources write: an objective's and a critic's own options.
  assert.deepEqual(code.match(/.*\bany\b.*/g), [
    "interface Objective<Options = any, F extends Frozen = any> {",
    "interface Critic<F extends Frozen = any> {",
  ]);
});

Deno.test({
  name: "the package installs, and the example of mod.ts is checked, compiled and run in Node",
  ignore: !installs,
  fn() {
    const made = JSON.parse(fine("npm", ["pack", "--json", library]));
    assert.deepEqual(
      new Set(made[0].files.map(({ path }: { path: string }) => path.replace(/\/.*/, ""))),
      new Set([...manifest.files, "package.json"]),
    );
    const asked = Object.entries(compilers).map(([name, version]) => `${name}@${version}`);
    Deno.writeTextFileSync(`${user}/package.json`, `{ "private": true, "type": "module" }`);
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
    fine("npm", ["install", ...quiet, `./${made[0].filename}`, ...asked]);

    Deno.writeTextFileSync(`${user}/program.ts`, program(project.name));
    // What is wrong has to be refused: types that were all any would let it pass.
    Deno.writeTextFileSync(
      `${user}/wrong.ts`,
      `import { type Event, resolveRun, tf, train, z } from "${project.name}";
export const schema: z.ZodNumber = z.int(), tensor: tf.Tensor1D = tf.tensor1d([1]);
export const step = (event: Event): number => event.type === "eval" ? event.step : 0;
// @ts-expect-error -- no environment and no objective
train({ config: resolveRun({}, { environments: {}, objectives: {} }) });
// @ts-expect-error -- a run's seed is a number
resolveRun({}, { environments: {}, objectives: {} }).seed = "0";
// @ts-expect-error -- an event has no such type
export const isOver = (event: Event): boolean => event.type === "over";
// @ts-expect-error -- a tensor of rank 1 has none of rank 2's shape
export const matrix: tf.Tensor2D = tensor;
`,
    );
    const strict = ["--strict", "--target", "es2022", "--skipLibCheck"];
    const nodenext = ["--module", "nodenext"];
    const bundler = ["--module", "esnext", "--moduleResolution", "bundler"];
    const files = ["program.ts", "wrong.ts"];
    const tsc = (name: keyof typeof compilers, args: readonly string[]) =>
      fine("node", [`node_modules/${name}/bin/tsc`, ...strict, ...args]);
    tsc("typescript", ["false", ...nodenext, "--outDir", "made", ...files]);
    tsc("typescript", ["false", ...bundler, "--noEmit", ...files]);
    tsc("typescript7", ["true", ...nodenext, "--noEmit", ...files]);

    const here = `${folder}/program.ts`;
    const plain = ["run", "--quiet", "--no-prompt", "--no-check", "--config", "deno.json"];
    Deno.writeTextFileSync(here, program(new URL("mod.ts", root).href));
    const [found, expected] = [
      fine("node", ["made/program.js"]),
      fine(Deno.execPath(), [...plain, here], root),
    ].map((said): number[] => JSON.parse(said));
    // Node 20 has no relaxed SIMD and another exp: last bits of float32 differ.
    for (const [i, x] of expected!.entries()) assert.ok(Math.abs(found![i]! - x) < 1e-6, `${x}`);
  },
});

Deno.test("what these tests wrote is removed", () => Deno.removeSync(folder, { recursive: true }));
