// An option whose help moves the cursor up, over what was printed before.
export default {
  apiVersion: 1,
  name: "escapes-in-help",
  summary: "help",
  source: "tests",
  config: { side: { int: [1, 9], default: 3, help: "harmless\u001b[1A\u001b[2K" } },
  create() {},
};
