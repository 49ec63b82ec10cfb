// An option named __proto__, for the host to set on an object of its own.
const config = JSON.parse('{"__proto__": {"int": [0, 1], "default": 0, "help": "polluted"}}');

export default {
  apiVersion: 1,
  name: "pollutes-host",
  summary: "pollutes",
  source: "tests",
  config,
  create(options: object, tools: { fail(message: string): never }) {
    tools.fail(
      `was given ${Object.keys(options).length} options, "help" in them: ${"help" in options}`,
    );
  },
};
