import assert from "node:assert/strict";
import { presets } from "../../config/presets.ts";
import { texts } from "../../cli/help.ts";
import { parser } from "../../cli/main.ts";
import { environments } from "../../envs/_registry.ts";
import { critics, objectives } from "../../objectives/_registry.ts";
import { gfn } from "./_command.ts";

const all = texts(parser);

Deno.test("every command, environment, objective and preset is a topic, and says something", () => {
  const names = [environments, objectives, presets].flatMap((registry) => Object.keys(registry));
  const subjects = ["settings", "permissions", "exit-codes", "plugins", "metrics", "objectives"];
  const choices = [...Object.keys(critics), "tlm", "shared", "blas", "completion"];
  for (
    const name of [
      ...names,
      ...subjects,
      ...choices,
      "train",
      "plugin check",
      "policy",
      "policy.lr",
    ]
  ) {
    assert.ok(Object.hasOwn(all, name), name);
  }
  assert.match(all["sub-eb"]!(), /^sub-eb: .*\n +arXiv:[\s\S]*critic\.weighting/);
  assert.match(all["tlm"]!(), /^ +backward .*tlm/);
  for (const [name, text] of Object.entries(all)) {
    const lines = text().split("\n").filter((line) => line.trim() !== "");
    assert.ok(lines.length > 0, name);
    assert.ok(!text().includes("undefined"), name);
  }
});

Deno.test("a command's topic tells every option with its default and choices", () => {
  const text = all["sample"]!();
  assert.match(text, /^Usage: gfn sample [\s\S]*?DIR$/m);
  assert.match(text, /^ +-n, --count INTEGER +Objects.*\(default "10"\)$/m);
  assert.match(text, /--format TYPE .*csv/);
});

Deno.test("help lists the topics, and answers an unknown one with a near one", async () => {
  const list = await gfn(["help"]);
  assert.equal(list.code, 0);
  for (const name of ["plugin check", "permissions"]) {
    assert.match(list.stdout, new RegExp(`^  ${name} `, "m"));
  }
  const { code, stderr } = await gfn(["help", "permission"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    'gfn: Cannot find the topic "permission": want one that gfn help lists; did you mean "permissions"?\n',
  );
});
