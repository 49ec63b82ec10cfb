// Throws something whose message is read by code of its own, with escapes in it.
throw new Proxy({}, {
  get: (_target, key) => key === "message" ? "first\n\u001b]0;title\u0007second" : undefined,
  getPrototypeOf() {
    throw new Error("do not look");
  },
});
