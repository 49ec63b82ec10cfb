/**
 * The types of a module as one file of declarations, for TypeScript users who have no clone. TypeScript
 * itself writes the declarations of every file, rollup-plugin-dts joins what the module exports.
 *
 * A program of its own, which prints them: `deno run --check … declarations.ts ENTRY [OUTSIDE…]`. Its
 * packages take 35 MB that nobody needs who only runs gfn; they stand in the `deno.json` of this folder,
 * which `deno check` of the project leaves out, hence `--check`.
 *
 * @module
 */
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import ts from "typescript";
import project from "../../deno.json" with { type: "json" };
import { deno } from "../bundle.ts";

/** What of `deno info --json` is read. */
interface Info {
  npmPackages: Record<string, { name: string; localPath: string }>;
}

/**
 * The declarations of a module of the project.
 *
 * @param entry path of the module from the project's folder
 * @param outside packages whose types are left to their own declarations
 * @throws where a declaration cannot be written or an import leads nowhere
 */
async function declarationsOf(entry: string, outside: readonly string[]): Promise<string> {
  const bundle = await rollup({
    input: new URL(`../../${entry}`, import.meta.url).pathname,
    external: [...outside],
    plugins: [dts({ compilerOptions: await compilerOptions(entry) })],
    onwarn: ({ message }) => {
      throw new Error(message);
    },
  });
  const { output: [{ code }] } = await bundle.generate({});
  await bundle.close();
  return code;
}

/** The options that Deno checks the project with, for a TypeScript that knows nothing of Deno. */
async function compilerOptions(entry: string): Promise<ts.CompilerOptions> {
  const { lib: _lib, ...checks } = project.compilerOptions;
  const { npmPackages }: Info = JSON.parse(await deno("info", "--json", entry));
  // Deno keeps packages in its cache and not in a node_modules where TypeScript would look for them.
  const paths: Record<string, string[]> = {};
  for (const { name, localPath } of Object.values(npmPackages)) {
    paths[name] = [localPath];
    paths[`${name}/*`] = [`${localPath}/*`];
  }
  return {
    ...checks,
    paths,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
  };
}

const [entry, ...outside] = Deno.args;
if (entry === undefined) throw new Error("Cannot write declarations: want the path of a module");
await ReadableStream.from([await declarationsOf(entry, outside)])
  .pipeThrough(new TextEncoderStream())
  .pipeTo(Deno.stdout.writable);
