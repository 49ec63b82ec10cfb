// A summary that a terminal shows from right to left, so that it reads as another.
export default {
  apiVersion: 1,
  name: "escapes-backwards",
  summary: "safe \u202egnihton ton\u202c",
  source: "tests",
  config: {},
  create() {},
};
