/**
 * `gfn watch`: the figures of a report on a page of this machine, while runs go on.
 *
 * @module
 */
import { requireNoFile } from "../store/run_folders.ts";
import { requireAccessToAll } from "../store/permissions.ts";
import { printData, say } from "./_print.ts";

/** What the command line says. */
export interface WatchArguments {
  runs: readonly string[];
  /** 0 takes any that is free. */
  port: number;
  quiet: boolean;
}

/** What ends it; nothing else does. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Serves until a signal comes. Returns the exit status, which is 0: to be ended so is its ordinary end. */
export async function watchCommand({ runs, port, quiet }: WatchArguments): Promise<number> {
  const paths = [...new Set(runs.map((path) => path.replace(/(?<=.)\/+$/, "")))];
  const wanted = paths.map((path) => ({ path, access: ["read"] as const }));
  requireAccessToAll("watch", wanted, `127.0.0.1:${port}`);
  requireNoFile(paths);
  const ended = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, resolve);
  });
  const { serveLive } = await import("./_live_server.ts");
  const server = serveLive(paths, port);
  printData(JSON.stringify({ type: "watch", url: server.url }));
  if (!quiet) say(`watching ${paths.join(", ")} at ${server.url}; Ctrl-C ends it`);
  await ended;
  await server.stop();
  return 0;
}
