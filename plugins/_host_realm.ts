/**
 * A realm of its own for a plugin: a node:vm context without any name of the host's, in which code from
 * texts and imports are off. Numbers and texts cross, and arrays that the plugin's own realm made; never
 * an object of this realm. See docs/security.md.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import vm from "node:vm";
import { failure, usageError } from "../errors.ts";
import randomSource from "../tensor/random.ts" with { type: "text" };
import bridgeSource from "./_realm_bridge.js" with { type: "text" };
import { LONGEST_DESCRIPTION, plainText } from "./description.ts";

/** Names of a fresh context that no environment needs: they print, compile, share memory, or run later. */
const REMOVED = [
  ...["console", "WebAssembly", "SharedArrayBuffer", "Atomics", "FinalizationRegistry"],
  "queueMicrotask",
];

/** The functions of `_realm_bridge.js`; undefined is a failure, told by `problem`. */
export interface Bridge {
  problem(): string;
  wasRefused(): boolean;
  isPending(): boolean;
  adopt(value: unknown): string | undefined;
  bytes(length: number): Uint8Array;
  list(): unknown;
  push(list: unknown, value: unknown): void;
  environment(): EnvironmentBridge;
}

/** The functions of one environment. */
export interface EnvironmentBridge {
  create(options: string, names: unknown, files: unknown): 0;
  facts(): string | undefined;
  begin(words: number, forward: number, backward: number, width: number, dense: boolean): void;
  words(): Int32Array;
  forwardBytes(): Uint8Array;
  backwardBytes(): Uint8Array;
  observed(): Int32Array | Float32Array;
  room(count: number, stateWords: number, answers: number): void;
  many(): Int32Array;
  rewards(): Float64Array;
  answers(): Float64Array;
  initial(): 0 | undefined;
  step(action: number): 0 | undefined;
  unstep(action: number): 0 | undefined;
  forwardMask(): 0 | undefined;
  backwardMask(): 0 | undefined;
  backwardOf(action: number): number | undefined;
  forwardOf(action: number): number | undefined;
  write(): 0 | undefined;
  logReward(count: number): 0;
  partialLogReward(count: number): 0;
  logCopies(count: number): 0;
  isMode(): 0 | 1 | undefined;
  /** Whole numbers between commas. */
  modesOf(): string | undefined;
  text(): string | undefined;
  drawing(): string | undefined;
  /** Makes room for a fingerprint. */
  beginFingerprint(words: number): void;
  features(): Int32Array;
  writeFingerprint(): 0 | undefined;
  /** Makes room for the edges of a directed graph. */
  beginDigraph(nodes: number): void;
  edges(): Uint8Array;
  writeDigraph(): 0 | undefined;
  index(): number | undefined;
  state(index: number): 0 | undefined;
}

/** A source text, and what it is called in errors. */
export interface PluginSource {
  /** URL or path. */
  name: string;
  text: string;
  language: "typescript" | "javascript";
}

/** node:vm's modules, which Deno's types leave out. */
interface VmModule {
  namespace: Record<string, unknown>;
  link(linker: (specifier: string) => VmModule | Promise<VmModule>): Promise<void>;
  evaluate(): Promise<void>;
}
const { SourceTextModule } = vm as unknown as {
  SourceTextModule: new (
    text: string,
    options: {
      context: vm.Context;
      identifier: string;
      importModuleDynamically?: () => Promise<VmModule>;
    },
  ) => VmModule;
};

/**
 * Evaluates a plugin in a new realm.
 *
 * @returns the bridge, and the plugin's description as the JSON that it gave
 * @throws {GfnError} `E_PLUGIN_SYNTAX`, `E_PLUGIN_IMPORT`, `E_PLUGIN_LOAD`, `E_PLUGIN_SHAPE`
 */
export async function openRealm(
  source: PluginSource,
): Promise<{ bridge: Bridge; description: string }> {
  const context = newContext();
  const bridge = await makeBridge(context);
  const module = await evaluate(source, context);
  const description = bridge.adopt(module.namespace.default);
  if (typeof description !== "string") {
    throw failure(
      "E_PLUGIN_LOAD",
      `Cannot load plugin ${source.name}: ${plainText(bridge.problem())}`,
    );
  }
  if (description.length > LONGEST_DESCRIPTION) {
    throw failure(
      "E_PLUGIN_SHAPE",
      `Cannot load plugin ${source.name}: it describes itself in ${description.length} characters, want at most ${LONGEST_DESCRIPTION}`,
    );
  }
  return { bridge, description };
}

function newContext(): vm.Context {
  const context = vm.createContext(
    vm.constants.DONT_CONTEXTIFY as unknown as vm.Context,
    { codeGeneration: { strings: false, wasm: false } },
  );
  vm.runInContext(
    `for (const name of ${JSON.stringify(REMOVED)}) delete globalThis[name];
     // A hook on stack traces would be handed the host's frames.
     Object.defineProperty(Error, "prepareStackTrace", { value: undefined });
     Object.defineProperty(globalThis, "Error", { value: Error, writable: false, configurable: false });
     // The host waits for the module's own promise: its then must stay what it is.
     Object.freeze(Promise);
     Object.freeze(Promise.prototype);
     Object.setPrototypeOf(globalThis, null);`,
    context,
  );
  return context;
}

async function makeBridge(context: vm.Context): Promise<Bridge> {
  const errors = new SourceTextModule(
    "export function usageError(code, message) { return new Error(message); }",
    { context, identifier: "gfn:errors" },
  );
  const random = new SourceTextModule(stripTypeScriptTypes(randomSource), {
    context,
    identifier: "gfn:random",
  });
  await random.link(() => errors);
  await random.evaluate();
  const make = vm.runInContext(bridgeSource, context, { filename: "gfn:bridge" });
  return make(random.namespace.RandomStream);
}

async function evaluate(source: PluginSource, context: vm.Context): Promise<VmModule> {
  const { name } = source;
  const refusal = async () => {
    // A module of the plugin's own realm, whose error is of that realm too.
    const module = new SourceTextModule('throw new TypeError("import() is refused");', {
      context,
      identifier: "gfn:import",
    });
    await module.link(() => module);
    await module.evaluate().catch(() => {});
    return module;
  };
  let module: VmModule;
  try {
    const text = source.language === "typescript"
      // Enums and the like are code, not types alone; Deno's types do not know this mode.
      ? stripTypeScriptTypes(source.text, { mode: "transform" as "strip" })
      : source.text;
    module = new SourceTextModule(text, {
      context,
      identifier: name,
      importModuleDynamically: refusal,
    });
  } catch (error) {
    throw failure(
      "E_PLUGIN_SYNTAX",
      `Cannot load plugin ${name}: ${plainText(messageOf(error))}; want one ES module`,
    );
  }
  let imported: string | null = null;
  const failed = await settle(module.link((specifier) => {
    imported ??= specifier;
    throw new Error("refused");
  }));
  if (imported !== null) {
    throw usageError(
      "E_PLUGIN_IMPORT",
      `Cannot load plugin ${name}: it imports "${
        plainText(imported)
      }", want one file without imports: deno bundle ${name} -o plugin.js`,
    );
  }
  const thrown = failed ?? await settle(module.evaluate());
  if (thrown !== null) {
    throw failure(
      "E_PLUGIN_LOAD",
      `Cannot load plugin ${name}: it threw ${plainText(thrown)}`,
    );
  }
  return module;
}

/** What a promise fails with, as a text; null where it does not. */
function settle(promise: Promise<void>): Promise<string | null> {
  return promise.then(() => null, messageOf);
}

/** The message of an error of any realm, read without calling anything that a plugin wrote but getters. */
function messageOf(error: unknown): string {
  try {
    const message = typeof error === "object" && error !== null
      ? (error as { message?: unknown }).message
      : error;
    return typeof message === "string" ? message : typeof message;
  } catch {
    return "an error that cannot be read";
  }
}
