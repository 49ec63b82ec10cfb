// Runs out of stack in the middle of the host's call, and follows the error home.
let outcome = "no overflow";
(function deeper(): void {
  try {
    deeper();
  } catch (error) {
    const outer = (error as Error).constructor.constructor;
    outcome = outer === Function ? "overflow of this realm" : "FOUND an outer Function";
  }
})();

export default {
  apiVersion: 1,
  name: "recurses",
  summary: outcome,
  source: "tests",
  config: {},
  create() {},
};
