import project from "../deno.json" with { type: "json" };

/** The version of gfn. */
export const VERSION: string = project.version;
