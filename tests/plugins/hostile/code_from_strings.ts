// Makes functions of texts, by every constructor there is.
const makers: unknown[] = [
  eval,
  Function,
  (async () => {}).constructor,
  (function* () {}).constructor,
  (async function* () {}).constructor,
];
const made = makers.filter((make) => {
  try {
    return (make as (text: string) => unknown)("return 1") !== undefined;
  } catch {
    return false;
  }
});

export default {
  apiVersion: 1,
  name: "code-from-strings",
  summary: made.length === 0 ? "made nothing" : `MADE ${made.length}`,
  source: "tests",
  config: {},
  create() {},
};
