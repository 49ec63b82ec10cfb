// A summary of a hundred megabytes, to be carried to the main thread.
export default {
  apiVersion: 1,
  name: "huge-text",
  summary: "x".repeat(10 ** 8),
  source: "tests",
  config: {},
  create() {},
};
