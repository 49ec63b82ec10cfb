// Leaves a hundred thousand promises rejected, each of which the main thread would be told of.
for (let i = 0; i < 1e5; i++) Promise.reject(i);
await new Promise(() => {});

export default {};
