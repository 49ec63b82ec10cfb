/**
 * Makes `dist/npm`, the library as npm takes it: `deno task npm`, then `npm publish dist/npm`. It is
 * `mod.ts` as one file without dependencies, because Node 20 does not import texts, as the sources do.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };
import { deno, dist, megabytes } from "./bundle.ts";

const root = new URL("../", import.meta.url).pathname, folder = `${dist}/npm`;

/** What is copied as it is. */
const papers = ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"];

const { name, version, license } = project;
const manifest = {
  name,
  version,
  description: "Train samplers of discrete objects in proportion to a reward: GFlowNets, Ent-PPO",
  license,
  type: "module",
  exports: { ".": "./mod.js" },
  engines: { node: ">=20" },
  files: ["mod.js", ...papers, "LICENSES"],
};

await Deno.mkdir(`${folder}/LICENSES`, { recursive: true });
await deno("bundle", "-o", `${folder}/mod.js`, "mod.ts");
for (const paper of papers) await Deno.copyFile(`${root}${paper}`, `${folder}/${paper}`);
for (const { name } of Deno.readDirSync(`${root}LICENSES`)) {
  await Deno.copyFile(`${root}LICENSES/${name}`, `${folder}/LICENSES/${name}`);
}
await Deno.writeTextFile(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`dist/npm/mod.js  ${megabytes((await Deno.stat(`${folder}/mod.js`)).size)}`);
