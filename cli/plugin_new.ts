/**
 * `gfn plugin new NAME`: a plugin that passes, to be changed into one's own, and its test. The three
 * kinds are the examples of this repository under another name.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import bitseq from "../examples/plugins/bitseq.ts" with { type: "text" };
import ising from "../examples/plugins/ising.ts" with { type: "text" };
import ring from "../examples/plugins/ring.ts" with { type: "text" };
import contractText from "../plugins/contract.ts" with { type: "text" };
import { writeNewFiles } from "../store/new_file.ts";
import { printData } from "./_print.ts";
import { invocation, isOneFile } from "./_self.ts";

/** What a new plugin can begin as. */
export const kinds = { energy: ising, sequence: bitseq, graph: ring } as const;

/** The contract's types, which import nothing: where gfn is one file, they are written beside the plugin. */
const CONTRACT = "gfn_contract.ts";

/** Writes NAME.ts and NAME_test.ts. Returns the exit status. */
export function pluginNewCommand(
  { name, kind }: { name: string; kind: keyof typeof kinds },
): number {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw usageError(
      "E_PLUGIN_NAME",
      `Cannot name a plugin "${name}": want lower-case letters, digits and dashes, at most 40, a letter first`,
    );
  }
  const file = `${name}.ts`;
  const files = { [file]: pluginText(kinds[kind], name), [`${name}_test.ts`]: testText(name) };
  writeNewFiles(isOneFile() ? { ...files, [CONTRACT]: contractText } : files);
  printData(`wrote ${file} and ${name}_test.ts${isOneFile() ? ` and ${CONTRACT}` : ""}; next:`);
  printData(`  gfn plugin check ./${file}`);
  printData(`  gfn train ./${file}`);
  printData(`  deno test --allow-read --allow-run ${name}_test.ts`);
  return 0;
}

function pluginText(template: string, name: string): string {
  const contract = isOneFile()
    ? `./${CONTRACT}`
    : new URL("../plugins/contract.ts", import.meta.url).href;
  return template
    .replace('"../../mod.ts"', JSON.stringify(contract))
    .replaceAll(/examples\/plugins\/[a-z]+\.ts/g, `./${name}.ts`)
    .replace(/^ {2}name: "[a-z]+",$/m, `  name: "${name}",`);
}

function testText(name: string): string {
  const { program, args } = invocation(["--allow-read"]);
  // Of a clone or one file it is the Deno that runs the test which runs gfn.
  const command = Deno.build.standalone ? JSON.stringify(program) : "Deno.execPath()";
  return `// deno test --allow-read --allow-run ${name}_test.ts
const gfn: string[] = ${JSON.stringify(args)};
const plugin = new URL("./${name}.ts", import.meta.url).pathname;

Deno.test("${name} keeps every law of the contract", async () => {
  const { code, stdout, stderr } = await new Deno.Command(${command}, {
    args: [...gfn, "plugin", "check", plugin],
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(decoder.decode(stdout) + decoder.decode(stderr));
});
`;
}
