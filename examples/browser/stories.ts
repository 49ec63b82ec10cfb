/**
 * Settings worth a look, each with what to look for.
 *
 * @module
 */
import { initialSettings, type Settings } from "./settings.ts";

/** A story: its name in the page's list, and how the page is set. */
export interface Story {
  id: string;
  title: string;
  says: string;
  settings: Settings;
}

function story(id: string, title: string, says: string, changes: Partial<Settings>): Story {
  return { id, title, says, settings: { ...initialSettings, ...changes } };
}

/** All of them, the first one being what the page opens with. */
export const stories: readonly Story[] = [
  story(
    "hidden",
    "Hidden modes",
    "Four modes of equal weight behind a valley of reward 0.0001. Ent-PPO against trajectory balance, same seed, network and batch.",
    { side: 32, r0: 1e-4, b: "tb", budget: 30000 },
  ),
  story(
    "one",
    "One sampler at work",
    "An easier grid: watch the mass leave the corner where every trajectory starts, and the curve fall.",
    { side: 16, r0: 1e-3 },
  ),
  story(
    "lambda",
    "Judged by the end",
    "The hidden modes with λ = 1: Ent-PPO now judges an action by how the whole trajectory ends, as trajectory balance does. Detailed balance beside it looks at one step at a time.",
    { side: 32, r0: 1e-4, lambda: 1, b: "db", budget: 30000 },
  ),
  story(
    "reuse",
    "One pass or four",
    "Ent-PPO with four passes over each batch against the plain policy gradient, which is Ent-PPO with one. How many modes one pass keeps depends on the seed.",
    { side: 32, r0: 1e-4, b: "vpg", budget: 30000 },
  ),
  story(
    "warm",
    "Warm spins",
    "An Ising lattice above its critical temperature: half of the spins are up, more or less.",
    { env: "ising", lattice: 5, coupling: 0.1 },
  ),
  story(
    "critical",
    "Critical spins",
    "Near the critical temperature all numbers of spins up are likely, and neighbours pull each other along.",
    { env: "ising", lattice: 4, coupling: 0.2 },
  ),
  story(
    "cold",
    "Cold spins",
    "Below the critical temperature nearly all spins are up, or nearly all down: two modes, far apart, with the states between them as good as ruled out. Here Ent-PPO, too, ends in one of them: it believes in a log Z that is log 2 = 0.69 too small.",
    { env: "ising", lattice: 4, coupling: 0.3, b: "tb" },
  ),
];
