/**
 * The one memory that all tensors and kernels share, and who holds which part of it.
 *
 * Blocks come from size classes, four to a doubling, each with its list of free blocks: a training
 * iteration takes and gives back hundreds of tensors of recurring sizes, and finds them there. Fresh
 * blocks are carved from spans never used before; when these run out, all free blocks are merged into
 * spans again. Nothing is ever zero-filled, so pages that no tensor used cost no physical memory.
 *
 * @module
 */
import { failure } from "../errors.ts";

/** Bytes of the memory. Fixed, because engines then check bounds against a constant. */
export const MEMORY_BYTES = 2 * 2 ** 30;

/** Every pointer is a multiple of this: a cache line. */
const ALIGNMENT = 64;
/** Kept free, so that 0 and other small numbers are never a pointer. */
const FIRST = 1024;
const PAGE = 65536;

/**
 * The memory that kernels import: shared with helper threads, or unshared where the host has no shared
 * memory, as a web page without cross-origin isolation.
 */
export const memory: WebAssembly.Memory = makeMemory();

// Views of a shared buffer are typed as others are: nobody here hands one to whom it would matter.
const buffer = memory.buffer as ArrayBuffer;

/** Bytes of each size class: 64, 128, 192, 256, then four equal steps to each doubling. */
const classBytes: readonly number[] = sizeClasses();
/** Pointers of the free blocks of each class; the last one released is the first one reused. */
const free: number[][] = classBytes.map(() => []);
/** 1 + class of the block that starts at this multiple of 64 bytes; 0 where none starts. */
const classAt = new Uint8Array(MEMORY_BYTES / ALIGNMENT);
/** Parts of memory that are no block yet. */
let spans: { from: number; to: number }[] = [{ from: FIRST, to: MEMORY_BYTES }];
let used = 0, peak = 0;

/**
 * Takes a block of at least `bytes` bytes, whose contents are arbitrary.
 *
 * @returns its address, a multiple of 64
 * @throws {GfnError} `E_MEMORY` when no room is left
 */
export function allocate(bytes: number): number {
  const sizeClass = classOf(bytes);
  const size = bytes >= 0 ? classBytes[sizeClass] : undefined;
  if (size === undefined) throw outOfMemory(bytes);
  const pointer = free[sizeClass]!.pop() ?? carve(size) ?? carveMerged(size);
  if (pointer === undefined) throw outOfMemory(bytes);
  classAt[pointer / ALIGNMENT] = sizeClass + 1;
  used += size;
  if (used > peak) peak = used;
  return pointer;
}

/**
 * Gives a block back.
 *
 * @throws {GfnError} `E_MEMORY_RELEASE` when no block in use starts there
 */
export function release(pointer: number): void {
  const sizeClass = (classAt[pointer / ALIGNMENT] ?? 0) - 1;
  if (sizeClass < 0) {
    throw failure(
      "E_MEMORY_RELEASE",
      `Cannot release address ${pointer}: found no block in use there, want an address from allocate that was not released yet`,
    );
  }
  classAt[pointer / ALIGNMENT] = 0;
  used -= classBytes[sizeClass]!;
  free[sizeClass]!.push(pointer);
}

/** Bytes in blocks now in use, each counted at the size of its class. */
export function inUse(): number {
  return used;
}

/** The most bytes that were in use at once since the last call. */
export function takePeak(): number {
  const most = peak;
  peak = used;
  return most;
}

/** [length] numbers at an address, as a view. */
export function f32(pointer: number, length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(buffer, pointer, length);
}

/** [length] doubles at an address that is a multiple of 8, as a view. */
export function f64(pointer: number, length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(buffer, pointer, length);
}

/** [length] integers at an address, as a view. */
export function i32(pointer: number, length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(buffer, pointer, length);
}

/** [length] bytes at an address, as a view. */
export function u8(pointer: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, pointer, length);
}

function makeMemory(): WebAssembly.Memory {
  const pages = { initial: MEMORY_BYTES / PAGE, maximum: MEMORY_BYTES / PAGE };
  return typeof SharedArrayBuffer === "undefined"
    ? new WebAssembly.Memory(pages)
    : new WebAssembly.Memory({ ...pages, shared: true });
}

function sizeClasses(): number[] {
  const sizes: number[] = [];
  for (let size = ALIGNMENT, step = ALIGNMENT; size < MEMORY_BYTES; size += step) {
    if (size >= 8 * step) step *= 2;
    sizes.push(size);
  }
  return sizes;
}

/** The smallest class that holds `bytes`. */
function classOf(bytes: number): number {
  const lines = Math.max(1, Math.ceil(bytes / ALIGNMENT));
  if (lines <= 8) return lines - 1;
  // lines lies in (4 * step, 8 * step], where the classes are step = a power of two apart.
  const shift = 29 - Math.clz32(lines - 1);
  return 4 * shift + Math.ceil(lines / 2 ** shift) - 1;
}

/** A block from the first span that is long enough. */
function carve(size: number): number | undefined {
  for (const span of spans) {
    if (span.to - span.from < size) continue;
    const pointer = span.from;
    span.from += size;
    return pointer;
  }
  return undefined;
}

/** Turns all free blocks back into spans, neighbours joined, and carves from those. */
function carveMerged(size: number): number | undefined {
  const blocks = free.flatMap((pointers, sizeClass) =>
    pointers.splice(0).map((from) => ({ from, to: from + classBytes[sizeClass]! }))
  );
  const sorted = [...spans, ...blocks].sort((a, b) => a.from - b.from);
  spans = [];
  for (const { from, to } of sorted) {
    const last = spans.at(-1);
    if (last?.to === from) last.to = to;
    else if (from < to) spans.push({ from, to });
  }
  return carve(size);
}

function outOfMemory(bytes: number): Error {
  return failure(
    "E_MEMORY",
    `Cannot allocate ${bytes} bytes: found ${used} of ${MEMORY_BYTES} bytes in use, want a smaller batch or network`,
  );
}
