// Messages over edges and logits of pairs of nodes. Both are ReLUs of sums of rows that a list names, so
// that nothing is stored for an edge or a pair: the way back computes the sums again. Rows lie end to
// end, `width` numbers each, a multiple of 8.
import { fma } from "./fma";
import { sumOf } from "./vectors";

/** Address of the row of a matrix that a word of the list names. */
@inline
function rowAt(matrix: usize, list: usize, stride: usize): usize {
  return matrix + <usize>load<u32>(list) * stride;
}

/** out rows += max(nodes row + edges row, 0), by messages (nodes row, edges row, out row), in order. */
export function messages(
  list: usize, count: i32, nodes: usize, edges: usize, width: i32, out: usize,
): void {
  const stride = <usize>width << 2, zero = f32x4.splat(0);
  for (let i = 0; i < count; i++, list += 12) {
    const a = rowAt(nodes, list, stride), e = rowAt(edges, list + 4, stride);
    const to = rowAt(out, list + 8, stride);
    for (let c: usize = 0; c < stride; c += 16) {
      const sum = f32x4.max(f32x4.add(v128.load(a + c), v128.load(e + c)), zero);
      v128.store(to + c, f32x4.add(v128.load(to + c), sum));
    }
  }
}

/** Adds the gradients of messages in nodes and edges to dNodes and dEdges, given that in out. */
export function messagesBackward(
  list: usize, count: i32, nodes: usize, edges: usize, width: i32,
  dOut: usize, dNodes: usize, dEdges: usize,
): void {
  const stride = <usize>width << 2, zero = f32x4.splat(0);
  for (let i = 0; i < count; i++, list += 12) {
    const a = rowAt(nodes, list, stride), e = rowAt(edges, list + 4, stride);
    const d = rowAt(dOut, list + 8, stride);
    const dA = rowAt(dNodes, list, stride), dE = rowAt(dEdges, list + 4, stride);
    for (let c: usize = 0; c < stride; c += 16) {
      const passes = f32x4.gt(f32x4.add(v128.load(a + c), v128.load(e + c)), zero);
      const g = v128.and(v128.load(d + c), passes);
      v128.store(dA + c, f32x4.add(v128.load(dA + c), g));
      v128.store(dE + c, f32x4.add(v128.load(dE + c), g));
    }
  }
}

/** hidden [width] = max(nodes row + nodes row + edges row, 0). */
@inline
function hiddenOf(a: usize, b: usize, e: usize, stride: usize, hidden: usize): void {
  const zero = f32x4.splat(0);
  for (let c: usize = 0; c < stride; c += 16) {
    const both = f32x4.add(v128.load(a + c), v128.load(b + c));
    v128.store(hidden + c, f32x4.max(f32x4.add(both, v128.load(e + c)), zero));
  }
}

/**
 * out [count, outputs] = bias + weight [outputs, width] times max(nodes row + nodes row + edges row, 0), by
 * pairs (nodes row, nodes row, edges row).
 */
export function pairLogits(
  list: usize, count: i32, nodes: usize, edges: usize, width: i32,
  weight: usize, outputs: i32, bias: usize, hidden: usize, out: usize,
): void {
  const stride = <usize>width << 2;
  for (let i = 0; i < count; i++, list += 12) {
    const a = rowAt(nodes, list, stride), b = rowAt(nodes, list + 4, stride);
    hiddenOf(a, b, rowAt(edges, list + 8, stride), stride, hidden);
    let w = weight;
    for (let k = 0; k < outputs; k++, out += 4) {
      let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
      for (let c: usize = 0; c < stride; c += 32, w += 32) {
        s0 = fma(v128.load(hidden + c), v128.load(w), s0);
        s1 = fma(v128.load(hidden + c, 16), v128.load(w, 16), s1);
      }
      store<f32>(out, sumOf(f32x4.add(s0, s1)) + load<f32>(bias + (<usize>k << 2)));
    }
  }
}

/**
 * Adds the gradients of pairLogits to dNodes, dEdges, dWeight and dBias, given that in out. A pair whose
 * logits have none costs nothing, which masked actions are.
 */
export function pairLogitsBackward(
  list: usize, count: i32, nodes: usize, edges: usize, width: i32,
  weight: usize, outputs: i32, dOut: usize, hidden: usize,
  dNodes: usize, dEdges: usize, dWeight: usize, dBias: usize,
): void {
  const stride = <usize>width << 2, zero = f32x4.splat(0);
  // Behind the hidden numbers their gradient.
  const dHidden = hidden + stride;
  for (let i = 0; i < count; i++, list += 12, dOut += <usize>outputs << 2) {
    let last = outputs - 1;
    while (last >= 0 && load<f32>(dOut + (<usize>last << 2)) == 0) last--;
    if (last < 0) continue;
    const a = rowAt(nodes, list, stride), b = rowAt(nodes, list + 4, stride);
    hiddenOf(a, b, rowAt(edges, list + 8, stride), stride, hidden);
    for (let c: usize = 0; c < stride; c += 16) v128.store(dHidden + c, zero);
    for (let k = 0; k <= last; k++) {
      const at = <usize>k << 2, d = load<f32>(dOut + at), g = f32x4.splat(d);
      const w = weight + <usize>k * stride, dW = dWeight + <usize>k * stride;
      store<f32>(dBias + at, load<f32>(dBias + at) + d);
      for (let c: usize = 0; c < stride; c += 16) {
        v128.store(dW + c, fma(g, v128.load(hidden + c), v128.load(dW + c)));
        v128.store(dHidden + c, fma(g, v128.load(w + c), v128.load(dHidden + c)));
      }
    }
    const dA = rowAt(dNodes, list, stride), dB = rowAt(dNodes, list + 4, stride);
    const dE = rowAt(dEdges, list + 8, stride);
    for (let c: usize = 0; c < stride; c += 16) {
      const g = v128.and(v128.load(dHidden + c), f32x4.gt(v128.load(hidden + c), zero));
      v128.store(dA + c, f32x4.add(v128.load(dA + c), g));
      v128.store(dB + c, f32x4.add(v128.load(dB + c), g));
      v128.store(dE + c, f32x4.add(v128.load(dE + c), g));
    }
  }
}
