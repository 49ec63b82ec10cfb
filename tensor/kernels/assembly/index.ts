export { adam, sumOfSquares } from "./adam";
export { columnSums, padColumns, scatterRows, trimColumns } from "./columns";
export { findRows, gatherSum, scatterAdd } from "./gather";
export { gemm } from "./gemm";
export { gemmTransposed } from "./gemm_transposed";
export { addBias, maskRelu, packPanels, unpackPanels } from "./panels";
export { transposePanels } from "./transpose";
