/**
 * Taking away what a worker's realm offers beyond the language. A plugin has a realm of its own and sees
 * none of this; it is taken away all the same, so that whoever got out of there finds nothing.
 *
 * @module
 */
import vm from "node:vm";

/** What the engine itself still needs. */
const KEPT = [
  ...["performance", "setTimeout", "clearTimeout", "self", "_tfengine", "_tfGlobals"],
  "dispatchEvent", // what Deno itself calls when a promise is left rejected
];

/** Leaves the language, timers and the clock. */
export function closeWorld(): void {
  const language: string[] = vm.runInNewContext("Object.getOwnPropertyNames(globalThis)");
  const kept = new Set([...Array.from(language), ...KEPT]);
  for (let at = globalThis as object | null; at !== null; at = Object.getPrototypeOf(at)) {
    if (at === Object.prototype) break;
    for (const name of Reflect.ownKeys(at)) {
      if (typeof name === "string" && !kept.has(name) && name !== "constructor") {
        Reflect.deleteProperty(at, name);
      }
    }
  }
  // Libraries talk to a console when they warn; nothing of a worker's may reach the terminal.
  const silent = () => {};
  const mute = { log: silent, warn: silent, error: silent, info: silent, debug: silent };
  Object.defineProperty(globalThis, "console", { value: mute, configurable: true });
}
