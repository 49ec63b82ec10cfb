/**
 * Laws of environments that list their states.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import type { Law } from "./laws.ts";
import { same, want } from "./_want.ts";
import { after, allowedActions, initialState, shown } from "./walks.ts";

/** States up to which all are visited. */
export const LISTED = 20_000;

/** States reachable from s_0, by their words. */
function reachable(environment: HostedEnvironment, most: number): Map<string, Int32Array> | null {
  const first = initialState(environment);
  const found = new Map([[first.join(" "), first]]);
  const open = [first];
  for (let state = open.pop(); state; state = open.pop()) {
    for (const action of allowedActions(environment, state)) {
      if (action === environment.stopAction) continue;
      const next = after(environment, state, action), key = next.join(" ");
      if (found.has(key)) continue;
      if (found.size === most) return null;
      found.set(key, next);
      open.push(next);
    }
  }
  return found;
}

/** Laws of enumerations. */
export const enumerationLaws: readonly Law[] = [
  {
    name: "numbering",
    says: "s_0 is 0, index and state undo each other, and every move leads to a higher index",
    holds({ environment, walks }) {
      const { enumeration, stopAction, stateWords } = environment;
      if (!enumeration) return { notApplicable: "it does not list its states" };
      const zero = enumeration.index(initialState(environment), 0);
      want(zero === 0, () => `the index of s_0 is ${zero}`);
      for (const { state, allowed } of walks.visits) {
        const index = enumeration.index(state, 0), back = new Int32Array(stateWords);
        want(
          Number.isInteger(index) && index >= 0 && index < enumeration.size,
          () => `the index of ${shown(state)} is ${index}`,
        );
        enumeration.state(index, back, 0);
        want(
          same(back, state),
          () => `index ${index} of ${shown(state)} is ${shown(back)}`,
        );
        for (const action of allowed) {
          if (action === stopAction) continue;
          const next = enumeration.index(after(environment, state, action), 0);
          want(
            next > index,
            () => `action ${action} leads from index ${index} to ${next}`,
          );
        }
      }
    },
  },
  {
    name: "count",
    says: "the states listed are those that can be reached, counted one by one",
    holds({ environment }) {
      const { enumeration } = environment;
      if (!enumeration) return { notApplicable: "it does not list its states" };
      if (enumeration.size > LISTED) {
        return { notApplicable: `it has ${enumeration.size} states, more than ${LISTED}` };
      }
      const found = reachable(environment, enumeration.size);
      want(found !== null, () => `more states can be reached than the ${enumeration.size} listed`);
      want(
        found!.size === enumeration.size,
        () => `${found!.size} states can be reached, ${enumeration.size} are listed`,
      );
      return `${found!.size} states`;
    },
  },
];
