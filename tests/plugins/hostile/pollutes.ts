// Changes what all objects, arrays and promises of its realm do, to be called by the host.
const taken: unknown[] = [];
const take = function (this: unknown, ...given: unknown[]) {
  for (let i = 0; i < given.length; i++) taken[taken.length] = given[i];
  return this;
};
function change(object: object, name: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  } catch { /* refused */ }
}
change(Promise.prototype, "then", take);
change(Promise.prototype, "constructor", take);
change(Promise, Symbol.species, take);
change(Object.prototype, "then", take);
change(Object.prototype, "toJSON", take);
change(Object.prototype, "polluted", true);
change(Array.prototype, "push", take);
change(Array.prototype, Symbol.iterator, take);
change(JSON, "stringify", () => '{"apiVersion":1}');
change(Int32Array.prototype, "set", take);
change(Function.prototype, "call", take);
change(Function.prototype, "apply", take);

export default {
  apiVersion: 1,
  name: "pollutes",
  get summary() {
    let outside = 0;
    for (let i = 0; i < taken.length; i++) {
      if (typeof taken[i] === "function" && !(taken[i] instanceof Function)) outside++;
    }
    return outside === 0 ? "was handed nothing of the host" : `WAS HANDED ${outside} functions`;
  },
  source: "tests",
  config: {},
  create() {},
};
