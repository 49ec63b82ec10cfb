/**
 * Running commands on a pseudo-terminal, where Deno would ask a person for permissions.
 *
 * @module
 */
import { root } from "./_escapes.ts";

/** Why nothing can be run on a terminal here, or null: util-linux's `script` makes one. */
export const noTerminal: string | null = findScript();

function findScript(): string | null {
  try {
    const { stdout } = new Deno.Command("script", { args: ["--version"], stdin: "null" })
      .outputSync();
    const version = new TextDecoder().decode(stdout);
    return version.includes("util-linux") ? null : "script is not that of util-linux";
  } catch {
    return "there is no script of util-linux on the PATH";
  }
}

/** How long one reads a question before one answers, and how long anything may take. */
const READING_MS = 200, TOO_LONG_MS = 60_000;

/** What stands behind a command's stdin: somebody who answers y to everything, or nobody at all. */
export type Answers = "y" | "closed";

/** Runs Deno on a terminal, which shows stdout and stderr alike. Prompts are not switched off. */
export async function onTerminal(
  args: readonly string[],
  answers: Answers = "y",
): Promise<{ code: number; shown: string }> {
  const quoted = [Deno.execPath(), ...args].map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
  const command = quoted.join(" ") + (answers === "closed" ? " <&-" : "");
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--echo", "never", "--command", command, "/dev/null"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const keys = child.stdin.getWriter(), decoder = new TextDecoder();
  const type = () => keys.write(new TextEncoder().encode("y\n")).catch(() => {});
  const tooLong = setTimeout(() => child.kill(), TOO_LONG_MS);
  await type();
  let shown = "";
  for await (const chunk of child.stdout) {
    shown += decoder.decode(chunk, { stream: true });
    // Deno throws away what was typed before it asks.
    await new Promise((resolve) => setTimeout(resolve, READING_MS));
    await type();
  }
  const { code } = await child.status;
  clearTimeout(tooLong);
  await keys.close().catch(() => {});
  return { code, shown: shown.replaceAll("\r\n", "\n") };
}
