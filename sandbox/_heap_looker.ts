/**
 * How a thread looks at its own heap. Apart from the record that it writes, because who reads that one may
 * be bundled for a browser, which has no `node:v8`.
 *
 * @module
 */
import v8 from "node:v8";
import { LIMIT, OUTSIDE, UNIT } from "./heap_record.ts";

/** How the owner looks at its heap from now on: taken before the names that it needs are taken away. */
export function heapLooker(memory: SharedArrayBuffer): () => void {
  const words = new Int32Array(memory), usage = Deno.memoryUsage;
  words[LIMIT] = v8.getHeapStatistics().heap_size_limit / UNIT;
  const look = () => {
    const { rss, heapTotal } = usage();
    words[OUTSIDE] = Math.max(0, rss - heapTotal) / UNIT;
  };
  look();
  return look;
}
