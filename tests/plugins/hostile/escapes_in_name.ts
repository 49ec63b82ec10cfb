// A name that clears the screen and writes the terminal's title.
export default {
  apiVersion: 1,
  name: "clear\u001b[2J\u001b]0;owned\u0007",
  summary: "a name",
  source: "tests",
  config: {},
  create() {},
};
