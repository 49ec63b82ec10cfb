/**
 * Helper threads for products of matrices, which are nine tenths of training, and for attention. Either is
 * cut into parts that the main thread and the helpers take as they are free; the result has the bits that one thread
 * gives.
 *
 * A helper is a worker started from a text of ours: that needs no permission, not even to read a file,
 * and works from a bundle. It is not given "no permissions" by name, because Deno ends a process that
 * says so without a flag; its text touches nothing but the memory.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { allocate, i32, memory, release } from "./heap.ts";
import {
  instantiate,
  type Kernels,
  kernels,
  kernelsInUse,
  moduleOf,
  productsInUse,
} from "./kernels/kernels.ts";
import { ATTENTION_PARTS } from "./kernels/sequence_kernels.ts";
import * as program from "./_parts.js";
import programText from "./_parts.js" with { type: "text" };

/** Running helper threads. */
export interface Threads {
  /** Threads in all, the main thread among them; null where a native library decides. */
  readonly count: number | null;
  /** Ends the helpers and gives the kernels back to the main thread. */
  stop(): void;
}

/** Most threads: more than these never help products of these sizes. */
export const MAX_THREADS = 16;

/** Multiplications below which a product is not worth telling anyone: about 10 microseconds. */
const SMALLEST = 2 ** 18;
/** Rows of A in a part: multiples of this, which is one of the kernels' tile height. */
const ROWS = 48;
/** Panels of B in a part. */
const PANELS = 4;

const {
  ASLEEP,
  DONE,
  GONE,
  JOB,
  LAST_SEQUENCE,
  NEXT,
  NO_PRODUCT,
  PART_BITS,
  QUIT,
  SEQUENCE,
  WORDS,
  takeParts,
} = program;

/** Most parts of a product: one number less than their bits hold, so that "none left" is one too. */
const MOST_PARTS = 2 ** PART_BITS - 1;

/**
 * Starts helper threads; the kernels use them from when they are ready.
 *
 * @param count threads in all; 1 starts none
 * @throws {GfnError} `E_THREADS` unless the host has shared memory and workers, or for another count
 */
export async function startThreads(count: number): Promise<Threads> {
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_THREADS)) {
    throw usageError(
      "E_THREADS",
      `Cannot use ${count} threads: want a whole number from 1 to ${MAX_THREADS}`,
    );
  }
  if (productsInUse() !== kernelsInUse()) {
    throw usageError(
      "E_THREADS",
      `Cannot start helper threads: found products of matrices computed by ${productsInUse()}, which has threads of its own`,
    );
  }
  if (count === 1) return { count, stop() {} };
  if (memory.buffer instanceof ArrayBuffer) {
    throw usageError(
      "E_THREADS",
      `Cannot use ${count} threads: found no shared memory in this host, want 1`,
    );
  }
  const pointer = allocate(4 * WORDS), words = i32(pointer, WORDS).fill(0);
  const workers: Worker[] = [];
  const alone = instantiate(kernelsInUse());
  for (let i = 1; i < count; i++) workers.push(await startHelper(pointer));
  const together = shared(alone, words);
  Object.assign(kernels, together);
  return {
    count,
    stop() {
      // Unless another build is in use by now.
      if (kernels.gemm === together.gemm) {
        const { gemm, gemmTransposed, attention, attentionBackward } = alone;
        Object.assign(kernels, { gemm, gemmTransposed, attention, attentionBackward });
      }
      // terminate() does not end a worker that waits: it is woken to end by itself.
      Atomics.store(words, SEQUENCE, QUIT);
      Atomics.notify(words, SEQUENCE);
      // The block is somebody else's from here on: a helper that read it later would compute anywhere.
      while (Atomics.load(words, GONE) < workers.length);
      for (const worker of workers) worker.terminate();
      release(pointer);
    },
  };
}

async function startHelper(pointer: number): Promise<Worker> {
  const text = `${programText}\nserve();\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(`Cannot start a helper thread: ${message}`));
    worker.postMessage({ module: moduleOf(kernelsInUse()), memory, pointer });
  });
  URL.revokeObjectURL(url);
  return worker;
}

/** The kernels that share their work. */
function shared(
  alone: Kernels,
  words: Int32Array,
): Pick<Kernels, "gemm" | "gemmTransposed" | "attention" | "attentionBackward"> {
  let sequence = 0;
  function run(job: readonly number[]): void {
    sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1;
    // No part can be taken while the job changes: a helper that has read the last product's counter and
    // wakes up among this one's words fails to take a part, because the counter is another now.
    Atomics.exchange(words, NEXT, NO_PRODUCT);
    words.set(job, JOB);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, NEXT, sequence << PART_BITS);
    Atomics.store(words, SEQUENCE, sequence);
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, SEQUENCE);
    takeParts(alone, words, sequence);
    const parts = job[1]!;
    while (Atomics.load(words, DONE) < parts);
  }
  return {
    gemm(a, strideA, b, c, strideC, rows, K, panels, epilogue, extra) {
      if (rows * K * panels * 8 < SMALLEST) {
        alone.gemm(a, strideA, b, c, strideC, rows, K, panels, epilogue, extra);
        return;
      }
      // Many rows are cut by rows, so that each part reads its own of A and all threads the same B.
      const byRows = rows >= 4 * ROWS, whole = byRows ? rows : panels;
      const size = partSize(whole, byRows ? ROWS : PANELS);
      const parts = Math.ceil(whole / size), kind = byRows ? 0 : 1;
      run([kind, parts, a, strideA, b, 0, c, strideC, rows, K, panels, epilogue, extra, size]);
    },
    gemmTransposed(a, strideA, b, strideB, c, rows, K, panels) {
      if (rows * K * panels * 8 < SMALLEST) {
        alone.gemmTransposed(a, strideA, b, strideB, c, rows, K, panels);
        return;
      }
      const size = partSize(panels, PANELS), parts = Math.ceil(panels / size);
      run([2, parts, a, strideA, b, strideB, c, 0, rows, K, panels, 0, 0, size]);
    },
    attention(...job) {
      const [, heads, size, , groupCount, , , , scratchBytes] = job;
      if (!isWorthSharing(heads, size, groupCount, scratchBytes)) {
        alone.attention(...job);
        return;
      }
      const each = Math.ceil(groupCount / ATTENTION_PARTS);
      // Where the gradient has dqkv, and at the end dBias, there is nothing.
      run([3, Math.ceil(groupCount / each), ...job.slice(0, 11), 0, ...job.slice(11), 0, each]);
    },
    attentionBackward(...job) {
      const [, heads, size, , groupCount, , causal, , scratchBytes] = job;
      // Causal groups share keys, whose gradients add up in one order.
      if (causal === 1 || !isWorthSharing(heads, size, groupCount, scratchBytes)) {
        alone.attentionBackward(...job);
        return;
      }
      const each = Math.ceil(groupCount / ATTENTION_PARTS);
      run([4, Math.ceil(groupCount / each), ...job, each]);
    },
  };
}

/** Whether attention is worth telling anyone; a group's scratch is about as large as it is work. */
function isWorthSharing(
  heads: number,
  size: number,
  groupCount: number,
  scratchBytes: number,
): boolean {
  return groupCount > 1 && heads * size * groupCount * scratchBytes / 8 >= SMALLEST;
}

/** A multiple of `unit` that cuts the whole into no more parts than can be numbered. */
function partSize(whole: number, unit: number): number {
  return unit * Math.ceil(whole / unit / MOST_PARTS);
}
