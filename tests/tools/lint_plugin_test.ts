import assert from "node:assert/strict";
import plugin from "../../_tools/lint_plugin.ts";

/** What the plugin says about a source that lies at `path`: "rule: message". */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map(({ id, message }) => `${id}: ${message}`);
}

function lintTable(cases: readonly (readonly [path: string, source: string, says?: string])[]) {
  for (const [path, source, says] of cases) {
    assert.deepEqual(lint(path, source), says === undefined ? [] : [says], `${path}: ${source}`);
  }
}

Deno.test("import-direction lets a place import what stands left of it", () => {
  lintTable([
    ["objectives/tb.ts", 'import { tf } from "../tensor/backend.ts";'],
    ["objectives/critics/mse.ts", 'import { constant } from "../_constant.ts";'],
    ["rollout/batch.ts", 'import type { ObservationRows } from "../policies/network.ts";'],
    ["plugins/open.ts", 'import { RandomStream } from "../tensor/random.ts";'],
    ["train/train.ts", 'export * from "../metrics/exact.ts";'],
    ["cli/train.ts", 'const { train } = await import("../train/train.ts");'],
    ["gfn.ts", 'import { main } from "./cli/main.ts";'],
    ["mod.ts", 'export * from "./train/train.ts";'],
    ["tests/a_test.ts", 'import "../cli/main.ts";'],
    ["bench/_tools.ts", 'import "../_tools/lines.ts";'],
  ]);
});

Deno.test("import-direction names an import against the arrows", () => {
  const says = "gfn/import-direction: ";
  lintTable([
    [
      "objectives/tb.ts",
      'import { Adam } from "../train/adam.ts";',
      `${says}objectives may not import train/adam.ts`,
    ],
    [
      "objectives/tb.ts",
      'import type { Network } from "../policies/network.ts";',
      `${says}objectives may not import policies/network.ts`,
    ],
    [
      "policies/mlp.ts",
      'export { walk } from "../rollout/walk.ts";',
      `${says}policies may not import rollout/walk.ts`,
    ],
    [
      "plugins/open.ts",
      'import { tf } from "../tensor/backend.ts";',
      `${says}plugins may not import tensor/backend.ts`,
    ],
    [
      "train/train.ts",
      'await import("../store/run_folder.ts");',
      `${says}train may not import store/run_folder.ts`,
    ],
    [
      "train/train.ts",
      'type A = import("../cli/main.ts").A;',
      `${says}train may not import cli/main.ts`,
    ],
    ["errors.ts", 'export * from "./mod.ts";', `${says}errors.ts may not import mod.ts`],
    ["mod.ts", 'export * from "./cli/main.ts";', `${says}mod.ts may not import cli/main.ts`],
    ["cli/train.ts", 'import "../tests/_a.ts";', `${says}cli may not import tests/_a.ts`],
    [
      "attic/a.ts",
      'import "../errors.ts";',
      `${says}Cannot check the imports of attic/a.ts: its place is not in the layout`,
    ],
  ]);
});

Deno.test("import-direction lets an environment import types alone", () => {
  const says = "gfn/import-direction: envs may not import ";
  lintTable([
    ["envs/grid.ts", 'import type { Environment } from "../plugins/contract.ts";'],
    ["envs/grid.ts", 'import { type Environment } from "../plugins/contract.ts";'],
    ["envs/grid.ts", 'const { base64 } = await import("./data/grid.ts");'],
    [
      "envs/grid.ts",
      'import { base64 } from "./data/grid.ts";',
      `${says}envs/data/grid.ts when it is loaded itself`,
    ],
    ["envs/grid.ts", 'await import("./other.ts");', `${says}envs/other.ts`],
    [
      "envs/data/grid.ts",
      'import type { Environment } from "../../plugins/contract.ts";',
      "gfn/import-direction: envs/data may not import plugins/contract.ts",
    ],
    ["envs/_registry.ts", 'import grid from "./grid.ts";'],
    ["examples/grid.ts", 'import type { Environment } from "../mod.ts";'],
    [
      "envs/grid.ts",
      'import { API_VERSION } from "../plugins/contract.ts";',
      `${says}plugins/contract.ts at run time`,
    ],
    [
      "envs/grid.ts",
      'import { API_VERSION, type Environment } from "../plugins/contract.ts";',
      `${says}plugins/contract.ts at run time`,
    ],
    ["envs/grid.ts", 'import { a } from "./_helpers.ts";', `${says}envs/_helpers.ts`],
    ["envs/grid.ts", 'import { failure } from "../errors.ts";', `${says}errors.ts`],
  ]);
});

Deno.test("import-direction refuses a computed import outside the host", () => {
  const source = "export const load = (url: string) => import(url);";
  lintTable([
    ["plugins/_host_worker.ts", source],
    ["cli/train.ts", source],
    [
      "plugins/open.ts",
      source,
      "gfn/import-direction: A computed import() needs permission and is invisible to bundlers",
    ],
  ]);
});

Deno.test("package-origin keeps each package in its place", () => {
  const says = "gfn/package-origin: ";
  lintTable([
    ["tensor/_tfjs.ts", 'import * as tf from "@tensorflow/tfjs-core";'],
    ["tensor/_tfjs.ts", 'import "@tensorflow/tfjs-core/dist/ops.js";'],
    ["cli/main.ts", 'import { run } from "@optique/run";'],
    ["tests/a_test.ts", 'import fc from "fast-check";'],
    [
      "objectives/tb.ts",
      'import * as tf from "@tensorflow/tfjs-core";',
      `${says}Package @tensorflow/tfjs-core may not be imported in objectives/tb.ts`,
    ],
    [
      "tests/a_test.ts",
      'import * as tf from "npm:@tensorflow/tfjs-core@4";',
      `${says}Package @tensorflow/tfjs-core may not be imported in tests/a_test.ts`,
    ],
    [
      "envs/grid.ts",
      'import { z } from "zod";',
      `${says}Package zod may not be imported in envs/grid.ts`,
    ],
    [
      "train/train.ts",
      'import { run } from "@optique/run";',
      `${says}Package @optique/run may not be imported in train/train.ts`,
    ],
    ["cli/main.ts", 'import "left-pad";', `${says}Package left-pad is not in the layout`],
    [
      "tests/a_test.ts",
      'import "jsr:@std/assert";',
      `${says}Cannot import jsr:@std/assert: gfn builds from the npm registry alone`,
    ],
  ]);
});

Deno.test("no-ambient refuses the clock and unseeded random numbers", () => {
  const tail = "makes two runs of a seed differ";
  lintTable([
    ["train/train.ts", "const a = Math.max(1, 2);"],
    ["train/train.ts", "const a = random.uniform(); const b = { Date: 1 }; b.Date; b.random;"],
    ["train/train.ts", "function f(at: Date) { return at; }"],
    ["config/canonical.ts", 'await crypto.subtle.digest("SHA-256", bytes);'],
    ["cli/train.ts", "const a = performance.now() + Math.random() + Date.now();"],
    ["tests/a_test.ts", "const a = Math.random();"],
    ["train/train.ts", "const a = Math.random();", `gfn/no-ambient: Math.random ${tail}`],
    ["train/train.ts", 'const a = Math["random"]();', `gfn/no-ambient: Math.random ${tail}`],
    ["train/train.ts", "const { random } = Math;", `gfn/no-ambient: Math ${tail}`],
    ["envs/grid.ts", "const a = new Date();", `gfn/no-ambient: Date ${tail}`],
    ["envs/grid.ts", "const a = globalThis.Date.now();", `gfn/no-ambient: Date.now ${tail}`],
    ["tensor/a.ts", "const a = performance.now();", `gfn/no-ambient: performance.now ${tail}`],
    ["mod.ts", "const a = crypto.randomUUID();", `gfn/no-ambient: crypto.randomUUID ${tail}`],
    [
      "tensor/random.ts",
      "crypto.getRandomValues(words);",
      `gfn/no-ambient: crypto.getRandomValues ${tail}`,
    ],
  ]);
});

Deno.test("no-system keeps Deno and node: out of the library", () => {
  const tail = "ties the library to one runtime";
  lintTable([
    ["cli/train.ts", "Deno.exit(1);"],
    ["store/run_folder.ts", 'Deno.mkdirSync("a");'],
    ["plugins/_host.ts", 'Deno.readTextFileSync("a");'],
    ["plugins/_host_worker.ts", "Deno.cwd();"],
    ["gfn.ts", "Deno.args;"],
    ["bench/a_bench.ts", 'Deno.bench("a", () => {});'],
    ["tests/a_test.ts", 'import assert from "node:assert/strict";'],
    ["train/train.ts", "const a = { Deno: 1 }.Deno;"],
    [
      "plugins/open.ts",
      'Deno.readTextFileSync("a");',
      `gfn/no-system: Deno.readTextFileSync ${tail}`,
    ],
    ["train/train.ts", "globalThis.Deno.args;", `gfn/no-system: Deno.args ${tail}`],
    ["train/train.ts", "const { args } = Deno;", `gfn/no-system: Deno ${tail}`],
    ["mod.ts", 'import fs from "node:fs";', `gfn/no-system: node:fs ${tail}`],
  ]);
});

Deno.test("no-console lets the command and the tools print", () => {
  lintTable([
    ["cli/train.ts", "console.log(1);"],
    ["_tools/lines.ts", "console.log(1);"],
    ["tensor/backend.ts", "const a = { console: 1 };"],
    ["tensor/backend.ts", "console.warn(1);", "gfn/no-console: The library does not print"],
    ["store/log.ts", "const { log } = console;", "gfn/no-console: The library does not print"],
  ]);
});

Deno.test("error-wording wants messages without contractions and final periods", () => {
  const period = "gfn/error-wording: Error message ends with a period";
  lintTable([
    ["cli/a.ts", 'throw usageError("E_A", "Cannot read a: found 1.5, want 2");'],
    ["cli/a.ts", 'throw failure("E_A", `Cannot read a: found ${a}`);'],
    ["cli/a.ts", 'throw failure("E_A", `Read the plugin\'s file. Then ${a}.${b}`);'],
    ["cli/a.ts", 'throw other("E_A", "Don\'t.");'],
    ["cli/a.ts", 'throw usageError("E_A", "Cannot read a.");', period],
    ["cli/a.ts", 'throw failure("E_A", `Cannot read ${a}.`);', period],
    ["cli/a.ts", 'throw failure("E_A", "Cannot read " + a + ".");', period],
    ["cli/a.ts", 'throw failure("E_A", a ? "one" : "two.");', period],
    [
      "cli/a.ts",
      'throw failure("E_A", "Can\'t read a");',
      "gfn/error-wording: Error message holds the contraction Can't",
    ],
    [
      "cli/a.ts",
      'throw failure("E_A", `${a}: it\'s not there`);',
      "gfn/error-wording: Error message holds the contraction it's",
    ],
    [
      "cli/a.ts",
      'throw failure("BadName", "Cannot read a");',
      "gfn/error-wording: BadName is no error code",
    ],
  ]);
});
