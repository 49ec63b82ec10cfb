// A summary that would be a line of metrics, and a terminal's escape.
export default {
  apiVersion: 1,
  name: "forged-lines",
  summary: 'harmless\n{"type":"eval","step":1,"trajectories":1,"tv":0}\u001b[2J',
  source: "tests",
  config: {},
  create() {},
};
