/**
 * Makes the library as npm takes it: `deno task npm [FOLDER]`, then `npm publish dist/npm`. It is `mod.ts`
 * as one file, because Node 20 does not import texts, as the sources do, and its types as another.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import { deno, dist, megabytes } from "./bundle.ts";

const root = new URL("../", import.meta.url).pathname;

/**
 * Packages that are not in the file but installed beside it, in the version that it was tested with.
 * The library exports `z` and `tf` and its types are made of theirs, so that a user's types and values
 * have to be of the same copy. The CPU backend belongs to that copy of tfjs. All else stays inside.
 */
const beside = ["@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-core", "zod"] as const;

/** What is copied as it is. */
const papers = ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"];

const { name, version, license } = project;
const manifest = {
  name,
  version,
  description: "Train samplers of discrete objects in proportion to a reward: GFlowNets, Ent-PPO",
  license,
  type: "module",
  types: "./mod.d.ts",
  exports: { ".": { types: "./mod.d.ts", default: "./mod.js" } },
  engines: { node: ">=20" },
  dependencies: Object.fromEntries(beside.map((name) => [name, pinned(name)])),
  files: ["mod.js", "mod.d.ts", ...papers, "LICENSES"],
};

/** The version that `deno.json` pins a package to. */
function pinned(name: typeof beside[number]): string {
  const specifier = project.imports[name];
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}

/** The types of `mod.ts`, by a program whose packages are not the project's. */
function declarations(): Promise<string> {
  const rights = ["--no-prompt", "--allow-read", "--allow-run", "--allow-env", "--allow-ffi"];
  const apart = ["--check", "--config", "_tools/declarations/deno.json"];
  const program = "_tools/declarations/declarations.ts";
  return deno("run", "--quiet", ...rights, ...apart, program, "mod.ts", ...beside);
}

const [folder = `${dist}/npm`] = Deno.args;
await Deno.mkdir(`${folder}/LICENSES`, { recursive: true });
const external = beside.flatMap((name) => ["--external", name]);
await deno("bundle", ...external, "-o", `${folder}/mod.js`, "mod.ts");
await Deno.writeTextFile(`${folder}/mod.d.ts`, await declarations());
for (const paper of papers) await Deno.copyFile(`${root}${paper}`, `${folder}/${paper}`);
for (const { name } of Deno.readDirSync(`${root}LICENSES`)) {
  await Deno.copyFile(`${root}LICENSES/${name}`, `${folder}/LICENSES/${name}`);
}
await Deno.writeTextFile(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ["mod.js", "mod.d.ts"]) {
  console.log(`${file}  ${megabytes((await Deno.stat(`${folder}/${file}`)).size)}`);
}
