// The parts that a product of matrices, or attention over many sequences, is cut into, and who takes them: any thread that is free. Used by
// the main thread as a module, and by helper threads as text, so this file imports nothing.
//
// Every number of a result is computed by one thread, over k in order, as if there were one thread: which
// thread takes which part changes no bit.

/** Words of the block that all threads see, all int32. */
export const WORDS = 32;
/** Number of the product at hand, or of attention, which is meant wherever a product is; QUIT ends helpers. Helpers wait for it to change. */
export const SEQUENCE = 0;
/** The next part to be taken in the low bits, above them the product's number: see takeParts. */
export const NEXT = 1;
/** Parts done. */
export const DONE = 2;
/** Helpers that sleep. */
export const ASLEEP = 3;
/** Helpers that have quit and look at the block no more. */
export const GONE = 4;
/** From here on: what to compute, see takeParts. */
export const JOB = 8;

export const QUIT = -1;

/** The counter between two products: of a number that no product has. */
export const NO_PRODUCT = 0;

/** Bits of a part's number. */
export const PART_BITS = 10;
/** Products are numbered from 1 to this and over again: with a part's number they fill 31 bits. */
export const LAST_SEQUENCE = 2 ** 21 - 1;

/** Polls before a helper goes to sleep: a fraction of a millisecond, longer than gaps in an iteration. */
const PATIENCE = 20000;

/**
 * Takes parts of the product `sequence` until none is left.
 *
 * @param {{ gemm: Function, gemmTransposed: Function, attention: Function, attentionBackward: Function }} run
 * @param {Int32Array} words
 * @param {number} sequence
 */
export function takeParts(run, words, sequence) {
  for (;;) {
    const next = Atomics.load(words, NEXT);
    // Another product has begun: this one is done.
    if (next >>> PART_BITS !== sequence) return;
    const part = next & (2 ** PART_BITS - 1);
    const kind = words[JOB], parts = words[JOB + 1];
    if (part >= parts) return;
    const a = words[JOB + 2], strideA = words[JOB + 3], b = words[JOB + 4];
    const strideB = words[JOB + 5], c = words[JOB + 6], strideC = words[JOB + 7];
    const rows = words[JOB + 8], K = words[JOB + 9], panels = words[JOB + 10];
    const epilogue = words[JOB + 11], extra = words[JOB + 12], size = words[JOB + 13];
    // Whoever gets the part read its product whole: the counter changes before the words do.
    if (Atomics.compareExchange(words, NEXT, next, next + 1) !== next) continue;
    const from = part * size;
    if (kind >= 3) {
      takeGroups(run, words, part, kind);
    } else if (kind === 0) { // rows of A times all of B
      const count = Math.min(size, rows - from);
      const mask = epilogue === 3 ? from * strideC : 0;
      run.gemm(
        a + from * strideA,
        strideA,
        b,
        c + from * strideC,
        strideC,
        count,
        K,
        panels,
        epilogue,
        extra + mask,
      );
    } else if (kind === 1) { // all of A times panels of B
      const count = Math.min(size, panels - from);
      run.gemm(
        a,
        strideA,
        b + from * K * 32,
        c + from * 32,
        strideC,
        rows,
        K,
        count,
        epilogue,
        extra + from * 32,
      );
    } else { // A transposed times panels of B
      const count = Math.min(size, panels - from);
      run.gemmTransposed(a, strideA, b + from * 32, strideB, c + from * K * 32, rows, K, count);
    }
    Atomics.add(words, DONE, 1);
  }
}

/** Attention of some groups, or its gradient, in a scratch of the part's own. */
function takeGroups(run, words, part, kind) {
  const [
    qkv,
    heads,
    size,
    groups,
    groupCount,
    index,
    causal,
    scratch,
    scratchBytes,
    a,
    b,
    c,
    bias,
    biasStride,
    places,
    dBias,
    each,
  ] = words.subarray(JOB + 2);
  const from = part * each, count = Math.min(each, groupCount - from);
  const job = [qkv, heads, size, groups + 12 * from, count, index, causal];
  const own = scratch + part * scratchBytes, biases = [bias, biasStride, places + 4 * from];
  if (kind === 3) run.attention(...job, own, scratchBytes, a, b, ...biases);
  else run.attentionBackward(...job, own, scratchBytes, a, b, c, ...biases, dBias);
}

/** What a helper thread runs: waits to be told its memory, then takes parts until it is told to quit. */
export function serve() {
  self.onmessage = ({ data: { module, memory, pointer } }) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const words = new Int32Array(memory.buffer, pointer, WORDS);
    let seen = Atomics.load(words, SEQUENCE);
    self.postMessage("ready");
    for (;;) {
      for (let polls = 0; Atomics.load(words, SEQUENCE) === seen;) {
        if (++polls < PATIENCE) continue;
        Atomics.add(words, ASLEEP, 1);
        Atomics.wait(words, SEQUENCE, seen);
        Atomics.sub(words, ASLEEP, 1);
        polls = 0;
      }
      seen = Atomics.load(words, SEQUENCE);
      if (seen === QUIT) {
        Atomics.add(words, GONE, 1);
        return self.close();
      }
      takeParts(exports, words, seen);
    }
  };
}
