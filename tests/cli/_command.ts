/**
 * Running the command as its users do.
 *
 * @module
 */

const root = new URL("../../", import.meta.url).pathname;

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A child that runs `gfn` with the permissions given, never a prompt; Deno does not tell of downloads. */
export function spawnGfn(
  args: readonly string[],
  permissions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, `${root}gfn.ts`, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  }).spawn();
}

/** Runs `gfn` to its end. */
export async function gfn(
  args: readonly string[],
  permissions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await spawnGfn(args, permissions, env).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The JSON lines of a text. */
// deno-lint-ignore no-explicit-any -- lines of every type
export function jsonLines(text: string): any[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The events of a metrics file without what may differ between two runs of one seed. */
export function comparableEvents(path: string): unknown[] {
  return jsonLines(Deno.readTextFileSync(path))
    .map(({ time: _time, host: _host, ...event }) => event);
}

/** Settings that make a run short. */
export const small = [
  "--set",
  "env.side=8",
  "--set",
  "policy.hidden=[16]",
  "--set",
  "log.every=1",
];

/** Runs with a temporary folder. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
