/**
 * Laws of what a policy sees.
 *
 * @module
 */
import { fieldSizes } from "../policies/_fields.ts";
import { observationWidth } from "../plugins/open.ts";
import type { Law } from "./laws.ts";
import { want } from "./_want.ts";
import { shown } from "./walks.ts";

/** Laws of observations, and of objects in words and as graphs. */
export const observationLaws: readonly Law[] = [
  {
    name: "observation",
    says:
      "every number is written, in range where it is a category and finite where it is a feature",
    holds({ environment, walks }) {
      const { observation } = environment, width = observationWidth(observation);
      for (const { state } of walks.visits) {
        const where = () => `at ${shown(state)}`;
        if (observation.kind === "dense") {
          const out = new Float32Array(width).fill(NaN);
          observation.write(state, 0, out, 0);
          const bad = out.findIndex((x) => !Number.isFinite(x));
          want(bad === -1, () => `number ${bad} is ${out[bad]} ${where()}`);
        } else {
          const out = new Int32Array(width).fill(-1), sizes = fieldSizes(observation);
          observation.write(state, 0, out, 0);
          const bad = out.findIndex((x, f) => x < 0 || x >= sizes[f]!);
          want(
            bad === -1,
            () => `field ${bad} is ${out[bad]}, want 0 to ${sizes[bad]! - 1}, ${where()}`,
          );
        }
      }
    },
  },
  {
    name: "sight",
    says: "states that allow different actions look different",
    holds({ environment, walks }) {
      const { observation } = environment, width = observationWidth(observation);
      const seen = new Map<string, { actions: string; state: Int32Array }>();
      for (const { state, allowed } of walks.visits) {
        const out = observation.kind === "dense" ? new Float32Array(width) : new Int32Array(width);
        observation.write(state, 0, out as Int32Array & Float32Array, 0);
        const look = out.join(" "), actions = String(allowed), known = seen.get(look);
        want(
          known === undefined || known.actions === actions,
          () => `${shown(known!.state)} and ${shown(state)} look alike and allow different actions`,
        );
        seen.set(look, { actions, state });
      }
    },
  },
  {
    name: "text",
    says: "a state in words is one line, not empty",
    holds({ environment, walks }) {
      if (!environment.text) return { notApplicable: "it has no text" };
      for (const state of walks.ends) {
        const text = environment.text(state, 0);
        want(
          text.length > 0 && !/[\r\n]/.test(text),
          () => `text is ${JSON.stringify(text)} at ${shown(state)}`,
        );
      }
    },
  },
  {
    name: "digraph",
    says: "an object as a directed graph is 0 and 1 alone, and no node leads to itself",
    holds({ environment, walks }) {
      const { digraph } = environment;
      if (!digraph) return { notApplicable: "it has no digraph" };
      const { names } = digraph, n = names.length, has = new Uint8Array(n * n);
      for (const state of walks.ends) {
        has.fill(2); // so that a byte that is left out is found
        digraph.write(state, 0, has, 0);
        const bad = has.findIndex((byte, e) => byte > (e % (n + 1) === 0 ? 0 : 1));
        want(
          bad === -1,
          () =>
            `${names[Math.floor(bad / n)]} -> ${names[bad % n]} is ${has[bad]} at ${shown(state)}`,
        );
      }
    },
  },
];
