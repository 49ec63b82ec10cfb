// Looks for a way out in what a module is told about itself.
const meta = import.meta as unknown as Record<PropertyKey, unknown>;
const keys = Reflect.ownKeys(meta).map(String);
const outer = Object.getPrototypeOf(meta);

export default {
  apiVersion: 1,
  name: "import-meta",
  summary: keys.length === 0 && outer === null
    ? "was told nothing"
    : `WAS TOLD ${keys.join(" ")} of ${outer}`,
  source: "tests",
  config: {},
  create() {},
};
