import assert from "node:assert/strict";
import { codeLines, isGenerated } from "../../_tools/lines.ts";

Deno.test("codeLines() counts neither blanks nor comments", () => {
  assert.equal(codeLines("const a = 1; // why\n\n// b\nconst b = 2;\n"), 2);
  assert.equal(codeLines("/**\n * a\n */\nfunction f() {\n  /* one */ return 1;\n}\n"), 3);
  assert.equal(codeLines('const glob = "src/*";\nconst b = "*/";\n'), 2);
  assert.equal(codeLines(""), 0);
});

Deno.test("isGenerated() knows the files that tools write", () => {
  assert.ok(isGenerated("envs/_registry.ts"));
  assert.ok(isGenerated("tensor/kernels/_wasm.ts"));
  assert.ok(isGenerated("envs/data/tfbind8.ts"));
  assert.ok(!isGenerated("envs/tfbind8.ts"));
  assert.ok(!isGenerated("tensor/kernels/kernels.ts"));
});
