/**
 * A reader's session: the commands of a page, one after another in one bash, in a folder of its own
 * with `gfn` and `deno` on the path.
 *
 * @module
 */
import { commandsOf, cutShort, missingLine, type Page } from "./_page.ts";

const root = new URL("../../", import.meta.url).pathname;

/** What of the repository a reader's clone needs in order to run it. */
const NOT_CLONED = new Set([".git", ".ci", "bench", "dist", "runs", "tests"]);

/** How a session went. */
export interface Session {
  /** Commands that were run, those of `before` not counted. */
  ran: number;
  /** Commands that the page says are not run. */
  notRun: number;
  /** What went wrong, with the line of the page; empty where nothing did. */
  problem: string;
}

/** Follows a page. */
export async function follow(page: Page): Promise<Session> {
  const place = await Deno.makeTempDir({ prefix: "gfn-docs-" });
  try {
    await Deno.mkdir(`${place}/here`);
    await Deno.mkdir(`${place}/bin`);
    await Deno.mkdir(`${place}/printed`);
    await writeTools(`${place}/bin`);
    if (page.inClone) await cloneInto(`${place}/here`);
    const port = page.port === null ? null : String(freePort());
    const script = scriptOf(page, place, port), file = `${place}/session.sh`;
    await Deno.writeTextFile(file, script);
    const { code, stderr } = await new Deno.Command("bash", {
      args: ["--noprofile", "--norc", file],
      cwd: `${place}/here`,
      stdin: "null",
      env: {
        PATH: `${place}/installed/bin:${place}/bin:${Deno.env.get("PATH")}`,
        DENO_INSTALL_ROOT: `${place}/installed`,
        DENO_NO_UPDATE_CHECK: "1",
        NO_COLOR: "1",
        CLONE: root.slice(0, -1),
      },
    }).output();
    // What is printed speaks of the page's port again.
    const restore = (text: string) => port === null ? text : text.replaceAll(port, page.port!);
    return await outcome(page, place, code, new TextDecoder().decode(stderr), restore);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

/** `gfn` as the pages say it stands for, `deno`, and an `npx` that gives this very Deno. */
async function writeTools(bin: string): Promise<void> {
  const deno = Deno.execPath();
  // Deno itself for gfn sweep, whose runs are processes.
  const allowed = `--allow-read --allow-write=. --allow-net=127.0.0.1 --allow-run=${deno}`;
  const tools = {
    deno: `exec ${deno} "$@"`,
    gfn: `exec ${deno} run --quiet --no-prompt ${allowed} ${root}gfn.ts "$@"`,
    npx: `[ "$1 $2" = "-y deno@${Deno.version.deno}" ] || exit 9; shift 2; exec ${deno} "$@"`,
  };
  for (const [name, text] of Object.entries(tools)) {
    await Deno.writeTextFile(`${bin}/${name}`, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
  }
}

async function cloneInto(folder: string): Promise<void> {
  const names = [...Deno.readDirSync(root)].map(({ name }) => name)
    .filter((name) => !NOT_CLONED.has(name));
  const { code } = await new Deno.Command("cp", {
    args: ["-r", ...names.map((name) => `${root}${name}`), folder],
  }).output();
  if (code !== 0) throw new Error(`Cannot copy the repository to ${folder}`);
}

/** Each part prints to a file of its own; the first command that fails ends the session. */
function scriptOf({ parts, port }: Page, place: string, free: string | null): string {
  const put = (text: string) => free === null ? text : text.replaceAll(port!, free);
  const lines = [
    "set -eEuo pipefail",
    "exec 9>&2",
    `trap 'code=$?; echo "$BASH_COMMAND: exit status $code" >&9' ERR`,
    // A job is a group of processes here: its end is the end of all that it started.
    "trap 'for job in $(jobs -p); do kill -- -$job || true; done 2>/dev/null' EXIT",
  ];
  for (const [i, part] of parts.entries()) {
    if (part.kind === "output") continue;
    lines.push(`exec >${place}/printed/${i} 2>&1`);
    if (part.kind === "file") {
      const folder = part.name.includes("/") ? part.name.replace(/\/[^/]*$/, "") : ".";
      lines.push(`mkdir -p ${folder}`, `cat >${part.name} <<'END OF FILE'`);
      lines.push(put(part.text) + "END OF FILE");
    } else if (part.kind === "before") lines.push(put(part.text));
    else if (part.way.how !== "no-run") {
      const text = part.way.how === "steps" ? cutShort(part.text, part.way.steps) : part.text;
      if (!part.background) lines.push(put(text));
      else {
        lines.push("set -m", `{\n${put(text)}} &`, "set +m");
        if (free !== null) lines.push(`until ${listens(free)}; do kill -0 $!; sleep 0.1; done`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Whether somebody listens on a port, in bash. */
function listens(port: string): string {
  return `(exec 8<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null`;
}

/** A port that nobody listens on. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function outcome(
  page: Page,
  place: string,
  code: number,
  failed: string,
  restore: (text: string) => string,
): Promise<Session> {
  const session: Session = { ran: 0, notRun: 0, problem: "" };
  let printed = "", at = 0;
  for (const [i, part] of page.parts.entries()) {
    if (part.kind === "output") {
      const missing = missingLine(part.text, printed, part.numbers);
      if (missing === null || session.problem !== "") continue;
      session.problem = `${page.path}:${part.line}: promised\n${missing}\nprinted\n${printed}`;
      continue;
    }
    const text = await Deno.readTextFile(`${place}/printed/${i}`).catch(() => null);
    if (text !== null) [printed, at] = [restore(text), part.line];
    if (part.kind !== "commands") continue;
    const count = commandsOf(part.text).length;
    if (part.way.how === "no-run") session.notRun += count;
    else session.ran += count;
  }
  if (code !== 0) session.problem = `${page.path}:${at}: ${failed}${printed}`;
  return session;
}
