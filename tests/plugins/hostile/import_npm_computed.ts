// Has a package downloaded whose name is put together, one that no lock file knows.
const specifier = ["npm", "is-odd@3.0.1"].join(":");
const { default: isOdd } = await import(specifier);

export default {
  apiVersion: 1,
  name: "import-npm-computed",
  summary: String(isOdd),
  source: "tests",
};
