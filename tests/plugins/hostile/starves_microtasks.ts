// Never gives control back, though no function of it runs for long.
await (function again(): Promise<void> {
  return Promise.resolve().then(again);
})();

export default {};
