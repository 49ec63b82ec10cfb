/**
 * Ways out that hostile plugins try, one file each in `hostile/`, and what is said of each: the rows of the
 * tests and of the table that `deno task escapes` prints.
 *
 * @module
 */
import { type Ended, gfn } from "../cli/_command.ts";

/** The project's folder. */
export const root = new URL("../../", import.meta.url).pathname;
/** Where hostile plugins lie. */
export const hostileFolder = `${root}tests/plugins/hostile/`;

/** One way out. */
export interface Escape {
  file: string;
  attempted: string;
  /** All that is printed, or for `finds` all that the plugin tells of itself. */
  refused: string | RegExp;
  /** The plugin is loaded and its summary says what it found; else the command ends with the line. */
  finds?: true;
  /** Exit status of the command; 1 where nothing is said. */
  code?: number;
}

const load = (file: string) => `Cannot load plugin ${file}: `;
const threw = (file: string) => `${load(file)}it threw `;
const isNot = (name: string) => `${name} is not defined`;
const NO_IMPORT = "import() is refused";
const PRINTABLE = "is not as the contract wants it: one line of printable characters";
const NAME =
  "name is not as the contract wants it: lower-case letters, digits and dashes, at most 40";
const hangs = (file: string) =>
  `Cannot go on with plugin ${file}: loading has not returned for 1 seconds, want an answer sooner, or sandbox.seconds raised`;
const rejected = (file: string) =>
  `Cannot go on with plugin ${file}: it left a rejected promise alone`;

/** Files whose row is the same but for the file's name, which `say` puts in. */
function row(
  file: string,
  attempted: string,
  say: (file: string) => string,
  rest = "",
  code?: number,
): Escape {
  return { file, attempted, refused: say(file) + rest, ...(code !== undefined && { code }) };
}

/** Every way, by what is tried. */
export const escapes: readonly Escape[] = [
  {
    file: "import_static.ts",
    attempted: 'import of "npm:…", static',
    refused:
      'Cannot load plugin import_static.ts: it imports "npm:zod@4.6.7", want one file without imports: deno bundle import_static.ts -o plugin.js',
    code: 2,
  },
  row("import_literal.ts", 'import("npm:…")', threw, NO_IMPORT),
  row("import_npm_computed.ts", 'import() of a computed "npm:…"', threw, NO_IMPORT),
  row(
    "import_by_function.ts",
    'import("npm:…") through Function',
    threw,
    "Code generation from strings disallowed for this context",
  ),
  {
    file: "import_computed.ts",
    attempted: "import() of node:fs, and the realm of its error",
    refused: "refused by an error of this realm",
    finds: true,
  },
  {
    file: "import_meta.ts",
    attempted: "import.meta and its prototype",
    refused: "was told nothing",
    finds: true,
  },
  {
    file: "names.ts",
    attempted: "names of Deno, Node and the web: files, net, env, processes, FFI",
    refused: "found nothing",
    finds: true,
  },
  {
    file: "every_name.ts",
    attempted: "any name that is not the language's own",
    refused: "the language alone",
    finds: true,
  },
  {
    file: "code_from_strings.ts",
    attempted: "code from texts, by every constructor",
    refused: "made nothing",
    finds: true,
  },
  row("kills.ts", "process.kill(process.pid)", threw, isNot("process")),
  row("exits.ts", "Deno.exit(0)", threw, isNot("Deno")),
  row("nested_worker.ts", "a worker of its own", threw, isNot("Worker")),
  {
    file: "shared_memory.ts",
    attempted: "SharedArrayBuffer, Atomics, shared WebAssembly memory",
    refused: 'Cannot open environment "shared-memory": found 0 makers, no shared memory',
    code: 2,
  },
  row("forges_console.ts", "console.log of an eval line", threw, isNot("console")),
  row("forges_write.ts", "fs.writeSync(1) of an eval line", threw, NO_IMPORT),
  row("posts.ts", "a message to the main thread", threw, isNot("postMessage")),
  row("at_terminal.ts", "whatever makes Deno ask on a terminal", threw, "0 of 12 granted"),
  {
    file: "outer_tools.ts",
    attempted: "the host's realm through options and tools",
    refused: 'Cannot open environment "outer-tools": 0 things of another realm',
    code: 2,
  },
  {
    file: "outer_errors.ts",
    attempted: "the host's realm through thrown errors",
    refused: 'Cannot open environment "outer-errors": 9 errors, 0 of another realm',
  },
  {
    file: "outer_arrays.ts",
    attempted: "the host's realm through arrays and their constructors",
    refused:
      'Cannot go on with environment "outer-arrays": initial failed at the state [0]: 0 things of another realm, shared: false',
  },
  {
    file: "outer_callbacks.ts",
    attempted: "the host's realm through callbacks, getters and proxies",
    refused: 'Cannot open environment "outer-callbacks": looked, 0 things of another realm',
  },
  {
    file: "stack_frames.ts",
    attempted: "the host's functions through stack traces",
    refused: "saw no frame",
    finds: true,
  },
  {
    file: "recurses.ts",
    attempted: "the host's realm through a stack overflow",
    refused: "overflow of this realm",
    finds: true,
  },
  {
    file: "pollutes.ts",
    attempted: "other methods for all objects, arrays, promises and JSON",
    refused: "was handed nothing of the host",
    finds: true,
  },
  {
    file: "pollutes_host.ts",
    attempted: "an option named __proto__",
    refused: 'Cannot open environment "pollutes-host": was given 0 options, "help" in them: false',
    code: 2,
  },
  row("forged_name.ts", "__proto__ as its name", load, NAME),
  row("forged_lines.ts", "an eval line in its summary", load, `summary ${PRINTABLE}`),
  row("forged_error.ts", "terminal escapes in an error", threw, "first ]0;title second"),
  row("escapes_in_name.ts", "terminal escapes in its name", load, NAME),
  row(
    "escapes_in_help.ts",
    "terminal escapes in an option's help",
    load,
    `config.side.help ${PRINTABLE}`,
  ),
  row(
    "escapes_backwards.ts",
    "text that is shown from right to left",
    load,
    `summary ${PRINTABLE}`,
  ),
  row(
    "huge_text.ts",
    "a summary of 100 MB",
    load,
    "it describes itself in 100000077 characters, want at most 1048576",
  ),
  row("huge_error.ts", "an error of 100 MB", threw, `${"x".repeat(300)}…`),
  row("unhandled_rejection.ts", "a rejection that ends the process", rejected),
  row("floods_rejections.ts", "100,000 rejections", rejected),
  row("loops_at_import.ts", "a loop at import", hangs),
  {
    file: "starves_microtasks.ts",
    attempted: "promises without end",
    refused: /^Cannot go on with plugin starves_microtasks\.ts: .*loading.*$/,
  },
  {
    file: "allocates.ts",
    attempted: "arrays without bound",
    refused:
      "Cannot go on with plugin allocates.ts: the process has grown by more than 0.5 GiB, last in loading, want less, or sandbox.memory raised",
  },
  {
    file: "fills_heap.ts",
    attempted: "objects without bound, in V8's heap",
    refused:
      "Cannot go on with plugin fills_heap.ts: the process has grown by more than 0.5 GiB, last in loading, want less, or sandbox.memory raised",
  },
];

/** What a plugin does at work, and what is said of it; its state is what it was doing it at. */
export const misdeeds: Readonly<Record<string, string | RegExp>> = {
  "hang in step":
    /^Cannot go on with plugin at_work\.ts: step at the state \[[01] [01] 0 0 2\] has not returned for 1 seconds, want an answer sooner, or sandbox\.seconds raised$/,
  "hang in a promise":
    /^Cannot go on with plugin at_work\.ts: logReward at the state \[.*\] has not returned for 1 seconds/,
  "allocate objects":
    /^Cannot go on with plugin at_work\.ts: the process has grown by more than 0\.5 GiB, last in step at the state \[0 0 0 0 0\], want less, or sandbox\.memory raised$/,
  "throw in forwardMask":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: no mask [31mtoday',
  "throw nothing":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: undefined',
  "reward not a number":
    /^Cannot use log reward of environment "at-work": found NaN at the state \[.*\], want a finite number or -Infinity$/,
  "change what it is handed":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: it wrote beside the place it was told',
  "take its arrays away": /^Cannot .* environment "at-work": .*/,
  "answer a text":
    'Cannot go on with environment "at-work": backwardOf failed at the state [0 0 0 0 0]: backwardOf gave string, want a number',
};

/** Trains on a hostile plugin with the least that works: the tool's own folder holds the plugin too. */
export async function trainOnHostile(
  file: string,
  settings: readonly string[] = [],
  out?: string,
): Promise<Ended> {
  // A second is short for those that are to be ended by it, and long enough for none of the others.
  const hangs = /hang|loops|starves/.test([file, ...settings].join(" "));
  const limits = [`sandbox.seconds=${hangs ? 1 : 60}`, "sandbox.memory=0.5"];
  const { code, stdout, stderr } = await gfn(
    [
      ...["train", `${hostileFolder}${file}`, "--steps", "3", "--quiet"],
      ...[...limits, ...settings].flatMap((one) => ["--set", one]),
      ...(out === undefined ? [] : ["--out", out]),
    ],
    out === undefined
      ? [`--allow-read=${root}`]
      : [`--allow-read=${root},${out}`, `--allow-write=${out}`],
  );
  return { code, stdout, stderr: stderr.replaceAll(hostileFolder, "") };
}

/** What is said of a way out: the command's one line, or the summary that tells what was found. */
export async function tryEscape({ file, finds }: Escape): Promise<Ended & { said: string }> {
  if (finds) {
    const args = ["plugin", "info", `${hostileFolder}${file}`, "--json"];
    const ended = await gfn(args, [`--allow-read=${root}`]);
    return { ...ended, said: ended.code === 0 ? JSON.parse(ended.stdout).summary : ended.stderr };
  }
  const ended = await trainOnHostile(file);
  return { ...ended, said: ended.stderr.replace(/^gfn: /, "").replace(/\n$/, "") };
}
