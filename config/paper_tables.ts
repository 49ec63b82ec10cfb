/**
 * The comparisons of the Ent-PPO paper (arXiv:2606.15793), for `gfn paper`: which preset, which
 * objectives, how many trajectories.
 *
 * @module
 */

/** One comparison. */
export interface PaperTable {
  /** One line for help and lists. */
  summary: string;
  /** Name of the preset that all its runs begin with; it says where its settings are from. */
  preset: string;
  /** Compared, in the order of the table. */
  objectives: readonly string[];
  /** Trajectories of a run. */
  budgets: { full: number; short: number };
  /** Total variation whose first time is told, where it is exact. */
  reach: number;
}

/** What the paper compares. */
const OBJECTIVES = ["ent-ppo", "vpg", "tb", "db", "subtb"] as const;

/** All comparisons. */
export const paperTables = {
  hypergrid: {
    summary: "the grid of four dimensions and side 20, exact TV",
    preset: "hypergrid-ent-ppo",
    objectives: OBJECTIVES,
    budgets: { full: 500_000, short: 3200 },
    reach: 0.1,
  },
  tfbind8: {
    summary: "DNA strings of eight letters, exact TV",
    preset: "tfbind8-paper",
    objectives: OBJECTIVES,
    budgets: { full: 160_000, short: 3200 },
    reach: 0.25,
  },
  qm9: {
    summary: "strings of five molecular blocks, exact TV and modes",
    preset: "qm9-small-paper",
    objectives: OBJECTIVES,
    budgets: { full: 160_000, short: 3200 },
    reach: 0.1,
  },
  seh: {
    summary: "molecules of up to eight blocks, best rewards and modes",
    preset: "seh-paper",
    objectives: OBJECTIVES,
    budgets: { full: 160_000, short: 400 },
    reach: 0.1,
  },
} as const satisfies Readonly<Record<string, PaperTable>>;

export type PaperTableName = keyof typeof paperTables;
