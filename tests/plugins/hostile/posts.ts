// Tells the main thread of an evaluation that never was.
declare const postMessage: (message: unknown) => void;
postMessage({ type: "event", event: { type: "eval", step: 1, trajectories: 1, tv: 0 } });

export default {};
