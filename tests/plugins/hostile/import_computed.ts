// Imports in vain, and follows the error home.
const specifier = ["node", "fs"].join(":");
let outcome = "imported";
try {
  await import(specifier);
} catch (error) {
  const outer = (error as Error).constructor.constructor;
  outcome = outer === Function ? "refused by an error of this realm" : "FOUND an outer Function";
}

export default {
  apiVersion: 1,
  name: "import-computed",
  summary: outcome,
  source: "tests",
  config: {},
  create() {},
};
