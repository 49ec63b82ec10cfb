/**
 * tfjs as its package gives it: without our backend, without gradients. Only the modules that set these
 * up import it from here; everybody else takes `tf` from `backend.ts`.
 *
 * @module
 */
export * as tf from "@tensorflow/tfjs-core";
