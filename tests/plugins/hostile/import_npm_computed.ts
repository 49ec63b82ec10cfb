// Has a package downloaded whose name is put together, one that no lock file knows.
const specifier = ["npm", "left-pad@1.3.0"].join(":");
const { default: pad } = await import(specifier);

export default {
  apiVersion: 1,
  name: "import-npm-computed",
  summary: String(pad),
  source: "tests",
};
