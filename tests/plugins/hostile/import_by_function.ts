// Imports from code that is made of a text, where no reader of the source sees it.
const load = new Function('return import("npm:is-odd@3.0.1")');

export default {
  apiVersion: 1,
  name: "import-by-function",
  summary: String(await load()),
  source: "tests",
};
