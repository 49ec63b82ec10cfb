// Fills V8's heap with objects, at which V8 ends the process.
const hoard: unknown[] = [];
for (let i = 0;; i++) hoard.push({ a: i, b: { c: i + 0.5 } });
