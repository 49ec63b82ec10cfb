import assert from "node:assert/strict";
import { gfn } from "./_command.ts";

const folder = Deno.makeTempDirSync();
const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
Deno.mkdirSync(`${folder}/full`);
Deno.writeTextFileSync(`${folder}/full/notes`, "");

/** What somebody may type, and all that is said of it, status 2. */
const typed: [what: string, args: string[], says: RegExp][] = [
  [
    "nothing",
    [],
    /^gfn: Cannot run gfn: found no command, want one of train, .*, help; gfn help tells of them\n$/,
  ],
  ["a misspelt command", ["trian"], /^gfn: Unexpected .*`trian`\. Did you mean `train`\?\n$/],
  [
    "a number that is too small",
    ["train", "--steps", "-1"],
    /^gfn: `--steps`: Expected a value greater than or equal to 0, but got "-1"\.\n$/,
  ],
  [
    "a seed that no number holds",
    ["train", "--seed", "99999999999999999999"],
    /^gfn: `--seed`: Expected a whole number up to 9007199254740991, but got "9+"\.\n$/,
  ],
  ["report of nothing", ["report"], /^gfn: Expected a `DIR`, but found none\.\n$/],
  ["watch of nothing", ["watch"], /^gfn: Expected a `DIR`, but found none\.\n$/],
  [
    "plugin alone",
    ["plugin"],
    /^gfn: Cannot run gfn plugin: found no command behind it, want one of check, info, new\n$/,
  ],
  [
    "info of an environment of ours",
    ["plugin", "info", "hypergrid"],
    /found an environment of gfn's own, want gfn describe hypergrid, or a file, as in \.\/hypergrid\.ts/,
  ],
  [
    "info of a plugin without its ending",
    ["plugin", "info", "mine"],
    /found a name, want a path or a URL, as in \.\/mine\.ts/,
  ],
  [
    "export in a format that the ending is not of",
    ["export", folder, "--to", `${folder}/weights.NPZ`],
    /found --format safetensors, want --format npz, or another ending/,
  ],
  [
    "a folder that holds something else",
    ["train", "--steps", "1", "--out", `${folder}/full`],
    /full: found notes there, want a new or empty folder/,
  ],
];

for (const [what, args, says] of typed) {
  Deno.test(`what is answered to ${what}`, async () => {
    const { code, stdout, stderr } = await gfn(args, access);
    assert.match(stderr, says);
    assert.deepEqual([code, stdout], [2, ""]);
  });
}
