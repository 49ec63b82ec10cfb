// deno-lint-ignore-file
import { z } from "npm:zod@4.6.7";

export default {
  apiVersion: 1,
  name: "import-static",
  summary: String(z),
  source: "tests",
  config: {},
  create() {},
};
