// Writes a line of metrics to the command's stdout, by its number.
const fs = await import("node:fs");
fs.writeSync(1, '{"type":"eval","step":1,"trajectories":1,"tv":0}\n');

export default {};
