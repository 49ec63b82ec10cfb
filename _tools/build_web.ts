/**
 * Builds the playground of `examples/browser` as one file, dist/web/playground.html: page, style, program and
 * the worker's program, which the page starts from its own text. It fetches nothing, so it opens from the disk.
 *
 * @module
 */

const SOURCES = "examples/browser", TARGET = "dist/web/playground.html";

/** Puts texts in the places of a page that are marked by the names of their files. */
export function filledPage(page: string, parts: Readonly<Record<string, string>>): string {
  let filled = page;
  for (const [name, text] of Object.entries(parts)) {
    const mark = `/* ${name} */`, pieces = filled.split(mark);
    if (pieces.length !== 2) {
      throw new Error(`Cannot fill the page: found ${pieces.length - 1} of ${mark}, want 1`);
    }
    filled = pieces.join(text);
  }
  return filled;
}

/** A script's text as it may stand in a page: an end tag or a comment in one of its strings is no tag. */
export function scriptText(text: string): string {
  return text.replaceAll(/<(?=\/script|script|!--)/gi, "\\x3C");
}

/** Bundles a file for browsers into a script. */
async function bundle(file: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--format", "iife", "--minify"],
      `${SOURCES}/${file}`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`Cannot bundle ${file}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** Builds the page into a file. */
export async function buildWeb(target: string): Promise<void> {
  const [page, style] = await Promise.all(
    ["index.html", "style.css"].map((file) => Deno.readTextFile(`${SOURCES}/${file}`)),
  );
  const [worker, main] = await Promise.all(["worker.ts", "main.ts"].map(bundle));
  const text = filledPage(page!, {
    "style.css": style!,
    "worker.ts": scriptText(worker!),
    "main.ts": scriptText(main!),
  });
  await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(target, text);
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

if (import.meta.main) {
  await buildWeb(TARGET);
  const bytes = await Deno.readFile(TARGET), kilobytes = (n: number) => Math.round(n / 1000);
  console.log(
    `${TARGET}: ${kilobytes(bytes.length)} kB, ${kilobytes(await gzipped(bytes))} kB gzipped`,
  );
}
