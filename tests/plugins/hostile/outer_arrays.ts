// Follows the arrays that it is handed at work to the realm that made them, and to what they lie in.
const nothing = () => {};

export default {
  apiVersion: 1,
  name: "outer-arrays",
  summary: "follows arrays",
  source: "tests",
  config: {},
  create: () => ({
    ...{ stateWords: 1, forwardActions: 1, backwardActions: 1, stopAction: 0, maxTrajectory: 1 },
    observation: { kind: "dense", size: 1, write: nothing },
    initial(states: Int32Array) {
      const things = [states, states.buffer];
      const outside = things.filter((thing) => {
        const { constructor } = thing;
        return !(thing instanceof Object) || constructor.constructor !== Function;
      });
      const shared = !(states.buffer instanceof ArrayBuffer);
      throw new Error(`${outside.length} things of another realm, shared: ${shared}`);
    },
    ...{ step: nothing, unstep: nothing, forwardMask: nothing, backwardMask: nothing },
    ...{ backwardOf: nothing, forwardOf: nothing, logReward: nothing },
  }),
};
