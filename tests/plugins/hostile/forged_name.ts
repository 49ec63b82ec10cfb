// A name that would be another key's, and one of Object's.
export default {
  apiVersion: 1,
  name: "__proto__",
  summary: "a name",
  source: "tests",
  config: JSON.parse('{"__proto__": {"int": [0, 1], "default": 0, "help": "x"}}'),
  create() {},
};
