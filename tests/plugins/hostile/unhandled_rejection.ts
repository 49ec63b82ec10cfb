// Leaves a rejection alone, which would end the process.
Promise.reject(new Error("nobody listens"));
await new Promise(() => {});

export default {};
