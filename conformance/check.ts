/**
 * Holding an environment to the laws of the contract: every law is tried, every broken one is reported
 * with what broke it.
 *
 * @module
 */
import { GfnError } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { Broken } from "./_want.ts";
import { laws } from "./laws.ts";
import { Walks } from "./walks.ts";

/** How an environment stands to a law. */
export interface LawReport {
  law: string;
  says: string;
  outcome: "holds" | "broken" | "not applicable";
  /** The counter-example, the reason why it does not apply, or a figure worth knowing; else empty. */
  detail: string;
}

/** How thoroughly. */
export interface CheckOptions {
  /** Seed of all walks. */
  seed: number;
  /** Random walks from s_0. */
  walks: number;
  /** A clock in milliseconds, for the law that reports speed; none leaves it out. */
  now?: () => number;
}

/**
 * Tries every law.
 *
 * @param open opens the environment anew with the same options, as often as it is called
 */
export async function checkEnvironment(
  open: () => Promise<HostedEnvironment>,
  { seed = 0, walks = 64, now }: Partial<CheckOptions> = {},
): Promise<LawReport[]> {
  const environment = await open();
  const subject = {
    environment,
    open,
    seed,
    walks: new Walks(environment, seed, walks),
    ...(now && { now }),
  };
  const reports: LawReport[] = [];
  for (const { name: law, says, holds } of laws) {
    try {
      const detail = await holds(subject);
      const applies = typeof detail === "string" || detail === undefined;
      reports.push({
        ...{ law, says, outcome: applies ? "holds" : "not applicable" },
        detail: applies ? detail ?? "" : detail.notApplicable,
      });
    } catch (error) {
      if (!(error instanceof Broken || error instanceof GfnError)) throw error;
      reports.push({ law, says, outcome: "broken", detail: `${error.message} (seed ${seed})` });
    }
  }
  return reports;
}
