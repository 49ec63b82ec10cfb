/**
 * Fixtures of several optimiser steps on one frozen batch: loss, gradient and Adam together, run by the
 * same code that trains.
 *
 * @module
 */
import type { RunConfig } from "../../config/schema.ts";
import { critics, objectives } from "../../objectives/_registry.ts";
import { tlm } from "../../objectives/backward/tlm.ts";
import type { Frozen, Update } from "../../objectives/contract.ts";
import { layersOf } from "../../policies/layers.ts";
import { type Batch, select, selectTrajectories } from "../../rollout/batch.ts";
import { RandomStream } from "../../tensor/random.ts";
import { Adam } from "../../train/adam.ts";
import { Estimators } from "../../train/estimators.ts";
import type { LearningRates } from "../../train/schedule.ts";
import { runUpdate, type UpdateReport } from "../../train/update.ts";
import { type Check, EXACT, type FileReport, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { checkLayers, logSoftmax } from "./networks.ts";
import { WEIGHTINGS } from "./plan.ts";
import { type Backward, Setting } from "./setting.ts";

const HEADER = [
  ...["kind", "d", "H", "R0", "R1", "R2", "logZ", "nets", "trajectories", "adam", "runs"],
];

/** Keys of a run beside `name`, `pb` and `final`. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  EntPPO: [
    ...["gaeLambda", "clipEps", "kl", "K", "E", "lrPolicy", "lrValue", "lrBackward", "gradClip"],
    ...["policySteps", "valueSteps", "tlmLosses"],
  ],
  TB: ["lr", "lrLogZ", "steps"],
  SubTB: ["weighting", "lambda", "lr", "steps"],
};

/** The objective and the P_B of each kind of run. */
const KINDS: Readonly<Record<string, { objective: string; pb: Backward }>> = {
  EntPPO: { objective: "ent-ppo", pb: "learned" },
  TB: { objective: "tb", pb: "learned" },
  SubTB: { objective: "subtb", pb: "uniform" },
};

/** Checks the runs of the file. */
export async function checkUpdateSteps(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, HEADER);
  report.leaveOutKeys(fixture.at("adam"), ["beta1", "beta2", "eps"]);
  const setting = await Setting.open(fixture);
  await report.case("header", (check) => setting.check(check));
  for (const run of fixture.at("runs").list()) {
    const name = run.at("name").text(), pb = run.at("pb").text();
    const keys = KEYS[name], title = `${name} pb ${pb}`;
    const extra = keys ? run.otherKeys(["name", "pb", "final", ...keys]) : [];
    if (keys === undefined || pb !== KINDS[name]!.pb) report.leaveOut(title);
    else if (extra.length > 0) report.leaveOut(`${title} (${extra.join(", ")})`);
    else {
      await report.case(`${title}, steps of Adam`, async (check) => {
        const trainer = new Trainer(setting, fixture.at("adam"), run);
        try {
          if (name !== "EntPPO") await trainer.runBalance(check);
          else await trainer.runEntPpo(check);
        } finally {
          trainer.dispose();
        }
      });
    }
  }
  setting.dispose();
}

/** The estimators of one run, and what moves them. */
class Trainer {
  readonly #setting: Setting;
  readonly #run: Fixture;
  readonly #options: { epochs: number; lambda: number; clip: number; kl: string; reward: "soft" };
  readonly #rates: LearningRates;
  readonly #estimators: Estimators;
  readonly #adam: Adam;

  constructor(setting: Setting, adam: Fixture, run: Fixture) {
    const number = (key: string) => run.maybe(key)?.number() ?? 0;
    this.#setting = setting;
    this.#run = run;
    this.#options = {
      epochs: 1,
      lambda: number("gaeLambda"),
      clip: number("clipEps"),
      kl: run.maybe("kl")?.text() ?? "off",
      reward: "soft",
    };
    const kind = run.at("name").text(), { objective, pb } = KINDS[kind]!;
    const hidden = (name: string) => setting.net(name).widths.slice(1, -1);
    const lr = number(kind === "EntPPO" ? "lrPolicy" : "lr");
    this.#rates = {
      policy: lr,
      backward: kind === "EntPPO" ? number("lrBackward") : lr,
      value: number("lrValue"),
      flow: lr,
      logZ: number("lrLogZ"),
    };
    this.#estimators = new Estimators(
      setting.environment,
      objectives[objective]!,
      {
        seed: 0,
        objective: { name: "", flow: "plain" },
        backward: pb,
        policy: { network: "mlp", hidden: hidden("pf") },
        critic: { hidden: hidden("logV") },
        flow: { hidden: hidden("logF") },
        pb: { hidden: hidden("pb") },
        logZ: { initial: setting.logZ },
      } as unknown as RunConfig,
    );
    for (const [name, network] of Object.entries(this.#networks())) {
      network?.load(setting.network(name).parameters());
    }
    this.#adam = new Adam({
      lr,
      beta1: adam.at("beta1").number(),
      beta2: adam.at("beta2").number(),
      epsilon: adam.at("eps").number(),
    });
  }

  /** Joint steps of P_F with P_B and log Z, or with log F. */
  async runBalance(check: Check): Promise<void> {
    const run = this.#run, isTb = run.at("name").value === "TB";
    const square = { regression: "square", linexAlpha: 1 };
    const [update] = isTb ? objectives.tb!.updates(square) : objectives.subtb!.updates({
      ...square,
      weighting: WEIGHTINGS[run.at("weighting").text()],
      lambda: run.at("lambda").number(),
      flow: "plain",
    });
    for (const step of run.at("steps").list()) {
      const { loss } = await this.#step(update!, this.#setting.batch, {});
      check.equal(loss, step.at("loss"), FLOAT);
      if (isTb) check.equal(this.#estimators.logZ!.dataSync()[0]!, step.at("logZAfter"), FLOAT);
    }
    this.#checkFinal(isTb ? ["pf", "pb"] : ["pf", "logF"], check);
  }

  /** The policy's steps on the whole batch, the critic's on its parts, TLM's; only the first are clipped. */
  async runEntPpo(check: Check): Promise<void> {
    const run = this.#run, { batch } = this.#setting, objective = objectives["ent-ppo"]!;
    const logits = this.#estimators.policy.forward(batch.observations);
    const logPfAll = logSoftmax(logits, batch.forwardMask, batch.forwardActions);
    const numbers = this.#estimators.numbers(batch, logPfAll);
    const frozen = objective.freeze(numbers, this.#options) as Frozen;
    const [policy] = objective.updates(this.#options);
    const size = frozen.advantage!.reduce((sum, a) => sum + Math.abs(a), 0);
    check.equal(run.at("policySteps").list().length, run.at("K"), EXACT);
    for (const step of run.at("policySteps").list()) {
      const { loss, gradNorm } = await this.#step(
        policy!,
        batch,
        frozen,
        run.at("gradClip").number(),
      );
      check.equal(loss, step.at("loss"), FLOAT, size / (batch.start.length - 1));
      check.equal(gradNorm, step.at("gradNorm"), FLOAT);
    }
    const critic: Update = {
      name: "critic",
      trains: ["value"],
      epochs: 1,
      minibatches: 1,
      loss: critics.mse!.loss({ weighting: "geometric-within", lambda: 0.9 }),
    };
    const epochs = new Set<number>();
    for (const step of run.at("valueSteps").list()) {
      epochs.add(step.at("epoch").whole(0));
      const part = selectTrajectories(batch, step.at("trajectories").indices());
      const valueTarget = select(frozen.valueTarget!, part.steps, 1);
      const { loss } = await this.#step(critic, part.batch, { valueTarget });
      check.equal(loss, step.at("loss"), FLOAT);
    }
    check.equal(epochs.size, run.at("E"), EXACT);
    for (const want of run.at("tlmLosses").list()) {
      const { loss } = await this.#step(tlm, batch, {});
      check.equal(loss, want, FLOAT);
    }
    this.#checkFinal(["pf", "logV", "pb"], check);
  }

  dispose(): void {
    this.#estimators.dispose();
    this.#adam.dispose();
  }

  #step(
    update: Update,
    batch: Batch,
    frozen: Frozen,
    clipNorm: number | null = null,
  ): Promise<UpdateReport> {
    return runUpdate({ ...update, epochs: 1, minibatches: 1 }, batch, frozen, {
      rates: this.#rates,
      estimators: this.#estimators,
      adam: this.#adam,
      clipNorm,
      weightDecay: 0,
      random: RandomStream.of(0, "one part"),
      breathe: () => Promise.resolve(),
    });
  }

  /** Networks by their names in the file. */
  #networks() {
    const { policy, backward, value, flow } = this.#estimators;
    return { pf: policy, pb: backward, logV: value, logF: flow };
  }

  #checkFinal(names: readonly ("pf" | "pb" | "logV" | "logF")[], check: Check): void {
    const networks = this.#networks();
    for (const name of names) {
      checkLayers(
        check,
        layersOf(networks[name]!.parameters()),
        this.#run.at("final").at(name),
        FLOAT,
      );
    }
    const extra = this.#run.at("final").otherKeys(names);
    check.holds(extra.length === 0, `${this.#run.path}.final: found ${extra}, want ${names}`);
  }
}
