// Asks for everything that a terminal's owner could be asked to grant, one after the other.
// deno-lint-ignore-file
const world = globalThis as any;
/** Put together, or the tools of this repository would load what is imported. */
const from = (specifier: string) => import(`${specifier}`);
const wanted: (() => unknown)[] = [
  () => Deno.readTextFileSync("/etc/passwd"),
  () => world.Deno.permissions.requestSync({ name: "run" }),
  () => world.prompt("grant?"),
  () => world.confirm("grant?"),
  () => world.fetch("http://127.0.0.1:9"),
  () => world.process.stdout.write('{"type":"eval"}\n'),
  () => world.console.log('{"type":"eval"}'),
  () => world.require("node:fs").writeSync(1, '{"type":"eval"}\n'),
  () => from("npm:is-odd@3.0.1"),
  () => from("jsr:@std/assert@1.0.0"),
  () => from("https://127.0.0.1:9/x.js"),
  () => from("node:child_process"),
];
let granted = 0;
for (const want of wanted) {
  try {
    await want();
    granted++;
  } catch { /* refused */ }
}
throw new Error(`${granted} of ${wanted.length} granted`);
