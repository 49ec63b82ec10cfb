/**
 * The laws that an environment obeys: what training relies on and cannot check as it goes.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import { copiesLaw } from "./_copies_law.ts";
import { enumerationLaws } from "./_enumeration_laws.ts";
import { observationLaws } from "./_observation_laws.ts";
import { rewardLaws } from "./_reward_laws.ts";
import { trainingLaws } from "./_training_laws.ts";
import { same, want } from "./_want.ts";
import {
  after,
  allowedActions,
  allowedBackward,
  before,
  initialState,
  shown,
  type Walks,
} from "./walks.ts";

/** What laws are tried on. */
export interface Subject {
  environment: HostedEnvironment;
  open: () => Promise<HostedEnvironment>;
  seed: number;
  walks: Walks;
  now?: () => number;
}

/** A law. It throws where it is broken; it may give a figure, or a reason why it does not apply. */
export interface Law {
  name: string;
  says: string;
  holds: (
    subject: Subject,
  ) =>
    | void
    | string
    | { notApplicable: string }
    | Promise<void | string | { notApplicable: string }>;
}

const walkLaws: readonly Law[] = [
  {
    name: "initial state",
    says: "s_0 is the same each time, has no backward action, and allows a forward action",
    holds({ environment }) {
      const first = initialState(environment), second = initialState(environment);
      want(
        same(first, second),
        () => `asked twice it is ${shown(first)}, then ${shown(second)}`,
      );
      const back = allowedBackward(environment, first);
      want(
        back.length === 0,
        () => `backward action ${back[0]} is allowed at ${shown(first)}`,
      );
      want(
        allowedActions(environment, first).length > 0,
        () => `no forward action is allowed at ${shown(first)}`,
      );
    },
  },
  {
    name: "masks",
    says: "masks hold 0 and 1 alone, and are the same when asked again",
    holds({ environment, walks }) {
      const { forwardActions: A, backwardActions: B } = environment;
      for (const { state } of walks.visits) {
        for (const [what, size] of [["forwardMask", A], ["backwardMask", B]] as const) {
          const once = new Uint8Array(size), again = new Uint8Array(size);
          environment[what](state, 0, once, 0);
          environment[what](state, 0, again, 0);
          const bad = once.findIndex((byte, i) => byte > 1 || byte !== again[i]);
          want(
            bad === -1,
            () =>
              `${what} of action ${bad} is ${once[bad]}, then ${again[bad]}, at ${shown(state)}`,
          );
        }
      }
    },
  },
  {
    name: "length",
    says: "no trajectory takes more actions than maxTrajectory",
    holds({ environment, walks }) {
      const longest = Math.max(
        ...walks.all.map((walk) => walk.filter(({ action }) => action !== null).length),
      );
      return `${longest} of ${environment.maxTrajectory}`;
    },
  },
  {
    name: "parents",
    says: "every state but s_0 has an allowed backward action",
    holds({ environment, walks }) {
      for (const { state } of walks.all.flatMap((walk) => walk.slice(1))) {
        want(
          allowedBackward(environment, state).length > 0,
          () => `${shown(state)} has none`,
        );
      }
    },
  },
  {
    name: "step and unstep",
    says: "the backward action of a step is allowed, undoes it, and its forward action is the step",
    holds({ environment, walks }) {
      const { stopAction } = environment;
      for (const { state, allowed } of walks.visits) {
        for (const action of allowed) {
          if (action === stopAction) continue;
          const back = environment.backwardOf(state, 0, action);
          const next = after(environment, state, action);
          const where = `action ${action} at ${shown(state)}`;
          want(
            allowedBackward(environment, next).includes(back),
            () => `backwardOf ${where} is ${back}, not allowed at ${shown(next)}`,
          );
          const redo = environment.forwardOf(next, 0, back);
          want(redo === action, () => `forwardOf what undoes ${where} is ${redo}`);
          const undone = before(environment, next, back);
          want(
            same(undone, state),
            () => `undone, ${where} leaves ${shown(undone)}`,
          );
        }
      }
    },
  },
  {
    name: "unstep and step",
    says: "every allowed backward action leads to a state whose forward action leads back",
    holds({ environment, walks }) {
      for (const { state } of walks.visits) {
        for (const back of allowedBackward(environment, state)) {
          const action = environment.forwardOf(state, 0, back);
          const parent = before(environment, state, back);
          const where = `backward action ${back} at ${shown(state)}`;
          want(
            allowedActions(environment, parent).includes(action),
            () => `forwardOf ${where} is ${action}, not allowed at ${shown(parent)}`,
          );
          const redone = after(environment, parent, action);
          want(
            same(redone, state),
            () => `redone, ${where} leads to ${shown(redone)}`,
          );
          const again = environment.backwardOf(parent, 0, action);
          want(again === back, () => `backwardOf what redoes ${where} is ${again}`);
        }
      }
    },
  },
  {
    name: "way back",
    says: "backward actions lead from every end to s_0 within maxTrajectory",
    holds({ environment, walks }) {
      const initial = initialState(environment);
      for (const [i, end] of walks.ends.entries()) {
        let state = end;
        for (let taken = 0; !same(state, initial); taken++) {
          const allowed = allowedBackward(environment, state);
          want(
            allowed.length > 0 && taken < environment.maxTrajectory,
            () =>
              `from ${shown(end)} they lead to ${shown(state)} after ${taken}, which is not s_0`,
          );
          state = before(environment, state, allowed[(taken + i) % allowed.length]!);
        }
      }
    },
  },
  {
    name: "purity",
    says: "functions that only look leave the state as it was",
    holds({ environment, walks }) {
      for (const { state, allowed } of walks.visits) {
        const copy = state.slice();
        const moves = allowed.filter((action) => action !== environment.stopAction);
        allowedActions(environment, copy);
        const back = allowedBackward(environment, copy);
        for (const action of moves) environment.backwardOf(copy, 0, action);
        for (const action of back) environment.forwardOf(copy, 0, action);
        environment.text?.(copy, 0);
        environment.enumeration?.index(copy, 0);
        want(
          same(copy, state),
          () => `${shown(state)} has become ${shown(copy)}`,
        );
      }
    },
  },
  {
    name: "places",
    says: "a state is read and written where `at` says, and nowhere else",
    holds({ environment, walks }) {
      const { stateWords: W, forwardActions: A } = environment;
      for (const { state, allowed } of walks.visits) {
        const many = new Int32Array(3 * W).fill(-7), mask = new Uint8Array(3 * A).fill(9);
        many.set(state, W);
        environment.forwardMask(many, W, mask, A);
        const seen = Array.from(mask.subarray(A, 2 * A)).flatMap((byte, a) => byte ? [a] : []);
        const outside = [...mask.subarray(0, A), ...mask.subarray(2 * A)].some((x) => x !== 9);
        want(
          !outside && String(seen) === String(allowed),
          () => `forwardMask in the middle of an array differs at ${shown(state)}`,
        );
        const action = allowed.find((a) => a !== environment.stopAction);
        if (action === undefined) continue;
        environment.step(many, W, action);
        const next = after(environment, state, action);
        want(
          same(many.slice(W, 2 * W), next) && many.every((x, i) => i >= W && i < 2 * W || x === -7),
          () => `step ${action} in the middle of an array differs at ${shown(state)}`,
        );
      }
    },
  },
  {
    name: "repeatable",
    says: "opened again with the same options it gives the same masks: no clock, no chance",
    async holds({ open, walks }) {
      const other = await open();
      for (const { state, allowed } of walks.visits) {
        const again = allowedActions(other, state);
        want(
          String(again) === String(allowed),
          () => `forward actions [${allowed}], then [${again}], at ${shown(state)}`,
        );
      }
    },
  },
];

/** All laws, in the order in which they are tried. */
export const laws: readonly Law[] = [
  ...walkLaws,
  ...rewardLaws,
  ...observationLaws,
  ...enumerationLaws,
  copiesLaw,
  ...trainingLaws,
];
