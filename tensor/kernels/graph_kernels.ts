/**
 * The kernels of graphs: messages over edges, and logits of pairs of nodes. Arguments are as in `kernels.ts`;
 * rows lie end to end, `width` numbers each, a multiple of 8. Lists are int32, three words an entry.
 *
 * @module
 */

/** The kernels by family. */
export interface GraphKernels {
  /** out rows += max(nodes row + edges row, 0), by messages (nodes row, edges row, out row) in order. */
  messages(
    list: number,
    count: number,
    nodes: number,
    edges: number,
    width: number,
    out: number,
  ): void;
  /** Adds the gradient of messages to dNodes and dEdges. */
  messagesBackward(
    list: number,
    count: number,
    nodes: number,
    edges: number,
    width: number,
    dOut: number,
    dNodes: number,
    dEdges: number,
  ): void;
  /**
   * out [count, outputs] = bias + weight [outputs, width] times max(a + b + e, 0), by pairs (nodes row a,
   * nodes row b, edges row e). Swapping a and b changes no bit.
   *
   * @param hidden [width] to work in
   */
  pairLogits(
    list: number,
    count: number,
    nodes: number,
    edges: number,
    width: number,
    weight: number,
    outputs: number,
    bias: number,
    hidden: number,
    out: number,
  ): void;
  /**
   * Adds the gradient of pairLogits to dNodes, dEdges, dWeight and dBias; a pair whose logits have none is
   * passed over.
   *
   * @param hidden [2 * width] to work in
   */
  pairLogitsBackward(
    list: number,
    count: number,
    nodes: number,
    edges: number,
    width: number,
    weight: number,
    outputs: number,
    dOut: number,
    hidden: number,
    dNodes: number,
    dEdges: number,
    dWeight: number,
    dBias: number,
  ): void;
}
