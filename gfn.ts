/**
 * The command's door: arguments to the command, errors to stderr and the exit status.
 *
 * @module
 */
import { main } from "./cli/main.ts";
import { GfnError } from "./errors.ts";

if (import.meta.main) Deno.exit(await door());

/** Runs the command with the arguments of this process. Returns the exit status. */
export async function door(): Promise<number> {
  try {
    return await main(Deno.args);
  } catch (error) {
    if (!(error instanceof GfnError)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`gfn: ${error.message}\n`));
    return error.exitCode;
  }
}
