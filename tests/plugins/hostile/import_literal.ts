// deno-lint-ignore-file
const { z } = await import("npm:zod@4.6.7");

export default {
  apiVersion: 1,
  name: "import-literal",
  summary: String(z),
  source: "tests",
  config: {},
  create() {},
};
