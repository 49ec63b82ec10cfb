// Prints a line of metrics.
console.log('{"type":"eval","step":1,"trajectories":1,"tv":0}');

export default {};
