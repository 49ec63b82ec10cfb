/**
 * The comparisons of the Ent-PPO paper (arXiv:2606.15793), for `gfn paper`: which preset, which
 * objectives, how many trajectories.
 *
 * @module
 */

/** One comparison. */
export interface PaperTable {
  /** Name of the preset that all its runs begin with; it says where its settings are from. */
  preset: string;
  /** Trajectories of a run. */
  budgets: { full: number; short: number };
  /** Total variation whose first time is told, where it is exact. */
  reach: number;
}

/** What the paper compares, in the order of its tables. */
export const PAPER_OBJECTIVES = ["ent-ppo", "vpg", "tb", "db", "subtb"] as const;

/** All comparisons. */
export const paperTables = {
  hypergrid: {
    preset: "hypergrid-ent-ppo",
    budgets: { full: 500_000, short: 3200 },
    reach: 0.1,
  },
  tfbind8: {
    preset: "tfbind8-paper",
    budgets: { full: 160_000, short: 3200 },
    reach: 0.25,
  },
  qm9: {
    preset: "qm9-small-paper",
    budgets: { full: 160_000, short: 3200 },
    reach: 0.1,
  },
  seh: {
    preset: "seh-paper",
    budgets: { full: 160_000, short: 400 },
    reach: 0.1,
  },
} as const satisfies Readonly<Record<string, PaperTable>>;

export type PaperTableName = keyof typeof paperTables;
