// An error whose message is a hundred megabytes.
throw new Error("x".repeat(10 ** 8));
