// Follows the tools that it is handed to the realm that made them.
export default {
  apiVersion: 1,
  name: "outer-tools",
  summary: "follows its tools",
  source: "tests",
  config: { some: { list: { of: "int", min: 0, max: 9, maxLength: 9 }, default: [1], help: "x" } },
  create(options: object, tools: { fail(message: string): never; random(seed: number): object }) {
    const handed = [options, Object.values(options), tools, Object.values(tools), tools.random(1)];
    const outside = handed.flat().filter((thing) => {
      const made = (thing as object).constructor;
      return made.constructor !== Function ||
        !(thing instanceof Object) && typeof thing === "object";
    });
    tools.fail(`${outside.length} things of another realm`);
  },
};
