/**
 * A recorded pass of some graphs copied into the trace of the whole batch, row by row.
 *
 * @module
 */
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import type { GraphShape } from "./_graph_layout.ts";
import type { GraphRows } from "./_graph_rows.ts";
import { traceBuffers } from "./_graph_trace.ts";
import type { TracePart } from "./_recording.ts";

/** A recorded pass of graphs. */
export interface GraphPart extends TracePart {
  graphs: GraphRows;
}

/** Where recorded passes are copied to. */
export interface WholeGraphs {
  graphs: GraphRows;
  /** Address of the trace. */
  trace: number;
  /** Address of the outputs, [R, N] end to end. */
  outputs: number;
  N: number;
}

/**
 * Copies what a part computed, and its outputs. A row that several parts have was computed from the same numbers
 * in the same order by each.
 *
 * @param places the rows of the batch that the part's rows are
 */
export function copyGraphs(
  shape: GraphShape,
  { graphs, trace, outputs, N }: WholeGraphs,
  part: GraphPart,
  places: Int32Array,
): void {
  const rowsOf = ({ depths }: GraphRows) => depths.map(({ rows }) => rows);
  const to = traceBuffers(shape, trace, rowsOf(graphs));
  const index = part.graphs.depths.map((depth, d) => {
    const pointer = allocate(4 * depth.rows), rows = i32(pointer, depth.rows);
    places.forEach((row, r) => {
      const from = part.graphs.spans[2 * r]!, into = graphs.spans[2 * row]!;
      for (let i = 0; i < part.graphs.spans[2 * r + 1]!; i++) {
        const own = depth.of[from + i]!;
        if (own !== -1) rows[own] = graphs.depths[d]!.of[into + i]!;
      }
    });
    return pointer;
  });
  for (
    const [b, { at, bytes, depth }] of traceBuffers(shape, part.trace, rowsOf(part.graphs))
      .entries()
  ) {
    const { rows } = part.graphs.depths[depth]!;
    if (bytes > 0) kernels.scatterRows(at, rows, bytes, index[depth]!, to[b]!.at);
  }
  places.forEach((row, r) => {
    f32(outputs + 4 * row * N, N).set(f32(part.outputs + 4 * r * N, N));
  });
  index.forEach(release);
}
