/**
 * What a run is, and how settings become one.
 *
 * @module
 */
export * from "./canonical.ts";
export * from "./near_name.ts";
export * from "./option_schema.ts";
export * from "./overrides.ts";
export * from "./resolve.ts";
export { type RunConfig, runSchema } from "./schema.ts";
