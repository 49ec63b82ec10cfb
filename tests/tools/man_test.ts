import assert from "node:assert/strict";
import { manPage } from "../../_tools/man.ts";

Deno.test("the man page has every command, and no line that roff takes for a request by mistake", () => {
  const page = manPage();
  for (const command of ["train", "compare", "plugin check", "help"]) {
    assert.ok(page.includes(`\n.SS ${command}\n`), command);
  }
  for (const line of page.split("\n")) {
    assert.match(line, /^(?:\.(?:TH|SH|SS|B|I|PP|TP|nf|fi)(?: |$)|[^.']|$)/, line);
  }
});
