/**
 * The server of `gfn watch`: the page, and a stream of what changes on it. Folders are looked at and figures
 * drawn only while somebody listens, and no more than a fifth of the time.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { emptyPieces, livePage, livePieces } from "../reports/live_page.ts";
import { makeReport, type Report } from "../reports/report.ts";
import { htmlAnswer, plain, refusal, streamAnswer } from "./_live_requests.ts";
import { LiveRuns } from "./_live_runs.ts";
import { LiveView } from "./_live_view.ts";
import { VERSION } from "../stored/version.ts";

/** Milliseconds between two looks, at least. */
const PERIOD = 1000;
/** How many times as long as a look took the next one waits, so that training has the processor. */
const REST = 4;

/** A server that listens. */
export interface LiveServer {
  url: string;
  /** Ends every stream and stops listening. */
  stop(): Promise<void>;
}

/** A reader of the stream. */
interface Reader {
  version: number;
  /** Whether it has taken what it was sent; one that has not is sent all of it later, at once. */
  hasRoom(): boolean;
  send(event: string, data: unknown): void;
  end(): void;
}

/**
 * Listens on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @throws {GfnError} `E_PORT` when the port cannot be had
 */
export function serveLive(paths: readonly string[], port: number): LiveServer {
  // One name for each process: versions of another one mean nothing here.
  const name = crypto.randomUUID();
  const live = new LivePage(paths, name);
  const server = listen(port, async (request) => {
    const refused = refusal(request, server.addr.port);
    if (refused) return refused;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/") return await htmlAnswer(await live.page());
    if (pathname !== "/events") return plain(404, "Cannot find that: want / or /events");
    const from = request.headers.get("last-event-id") ?? searchParams.get("from") ?? "";
    return streamAnswer(live.stream(from));
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async stop() {
      live.end();
      await server.shutdown();
    },
  };
}

function listen(port: number, handler: (request: Request) => Promise<Response>) {
  try {
    return Deno.serve({
      ...{ hostname: "127.0.0.1", port, handler },
      onListen() {},
      // What went wrong is told to the reader, who cannot be reached by the stream any more.
      onError: (error) => plain(500, `Cannot make the page: ${(error as Error).message}`),
    });
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse;
    const make = taken ? usageError : failure;
    throw make(
      "E_PORT",
      `Cannot listen on 127.0.0.1:${port}: found ${
        taken ? "it taken" : (error as Error).message
      }, want another --port, or 0 for any that is free`,
      { cause: error },
    );
  }
}

/** The page and who reads it. */
class LivePage {
  readonly #paths: readonly string[];
  readonly #name: string;
  readonly #runs: LiveRuns;
  readonly #view = new LiveView();
  readonly #readers = new Set<Reader>();
  #report: Report | null = null;
  /** The look that goes on; the next one waits for it. */
  #looking: Promise<void> = Promise.resolve();
  #following = false;

  constructor(paths: readonly string[], name: string) {
    this.#paths = paths;
    this.#name = name;
    this.#runs = new LiveRuns(paths);
  }

  async page(): Promise<string> {
    await this.#look();
    return livePage(this.#report, this.#view.pieces, `${this.#name}:${this.#view.version}`);
  }

  /** @param from the place that the page, or the last event, told of */
  stream(from: string): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder(), [name, version] = from.split(":");
    let reader: Reader;
    return new ReadableStream({
      start: (controller) => {
        const write = (text: string) => controller.enqueue(encoder.encode(text));
        reader = {
          version: Number(version),
          hasRoom: () => (controller.desiredSize ?? 0) > 0,
          send: (event, data) => {
            const id = `${this.#name}:${this.#view.version}`;
            write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
          },
          end: () => controller.close(),
        };
        write("retry: 1000\n\n");
        if (name !== this.#name || !Number.isSafeInteger(reader.version)) {
          reader.send("reload", null);
        }
        this.#readers.add(reader);
        if (!this.#following) void this.#follow();
      },
      cancel: () => {
        this.#readers.delete(reader);
      },
    });
  }

  end(): void {
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** Looks and tells for as long as there is a reader. */
  async #follow(): Promise<void> {
    this.#following = true;
    while (this.#readers.size > 0) {
      const before = performance.now();
      await this.#look();
      for (const reader of this.#readers) this.#tell(reader);
      const pause = Math.max(PERIOD, REST * (performance.now() - before));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#following = false;
  }

  #tell(reader: Reader): void {
    if (!reader.hasRoom()) return;
    const change = this.#view.since(reader.version);
    if (change !== null) reader.send(change.event, change.data);
    reader.version = this.#view.version;
  }

  #look(): Promise<void> {
    return this.#looking = this.#looking.then(() => this.#lookNow(), () => this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    const changed = this.#runs.poll();
    if (changed || this.#view.version === 0) this.#report = await this.#draw();
    const now = Date.now() / 1000;
    const ageOf = (path: string) => {
      const written = this.#runs.written(path);
      return written === null ? null : now - written;
    };
    const report = this.#report;
    const pieces = report === null ? emptyPieces(this.#paths) : livePieces(report, ageOf);
    this.#view.show(`gfn watch: ${report?.title ?? "no run yet"}`, pieces);
  }

  async #draw(): Promise<Report | null> {
    const read = this.#runs.read();
    if (read.runs.length === 0 && read.notices.every(({ kind }) => kind === "note")) return null;
    const learn = () => Promise.resolve({ look: null, command: "", notices: [] });
    return await makeReport(read, VERSION, learn);
  }
}
