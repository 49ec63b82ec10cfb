// Takes all the memory there is.
const hoard: Float64Array[] = [];
for (;;) hoard.push(new Float64Array(2 ** 22).fill(1));
