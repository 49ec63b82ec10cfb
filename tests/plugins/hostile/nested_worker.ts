// Starts a worker, whose realm would be a fresh one with every name in it.
new Worker("data:application/javascript,console.log(1)", { type: "module" });

export default {};
