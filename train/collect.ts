/**
 * Where the trajectories of a step come from: the policy, the replay buffer, and local search.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { ModesFound } from "../metrics/modes_found.ts";
import { type Batch, terminatingStates, trajectoryCount } from "../rollout/batch.ts";
import { sampleTrajectoriesTo } from "../rollout/backward.ts";
import { concatBatches } from "../rollout/concat.ts";
import { type Fact, withFacts } from "../rollout/facts.ts";
import { sampleForward } from "../rollout/forward.ts";
import { searchRound } from "../rollout/local_search.ts";
import { ReplayBuffer } from "../rollout/replay.ts";
import { refillReplay, replayTable } from "./replay_state.ts";
import { layEndToEnd, walk } from "../rollout/walk.ts";
import { RandomStream } from "../tensor/random.ts";
import { type Estimators, leftRows } from "./estimators.ts";
import { explorationAt } from "./schedule.ts";
import { take, type TensorTable, vector, withoutPrefix, withPrefix } from "./snapshot.ts";

/** Trajectories to train on, by where they come from. */
export interface Sources {
  /** Sampled with P_F from s_0, explored or not. */
  policy: number;
  /** Built by local search. */
  localSearch: number;
  /** Drawn from the buffer: the same trajectory, or one sampled back from its object. */
  replay: number;
}

/** The data of one step. */
export interface Collected {
  batch: Batch;
  /** [S * A] log P_F of every step where the sampler has it already, nats. */
  logPfAll?: Float64Array;
  sources: Sources;
  /** Rewards that the environment was asked for. */
  rewards: number;
  /** To be told the loss of each trajectory once it has been trained on. */
  noteLosses(losses: ArrayLike<number>): void;
}

/** Collects data for one run. */
export class Collector {
  readonly #environment: HostedEnvironment;
  readonly #estimators: Estimators;
  readonly #config: RunConfig;
  readonly #facts: readonly Fact[];
  readonly #replay: ReplayBuffer | null;
  /** Modes among all objects that training sampled so far. */
  readonly modes: ModesFound;
  #random: Readonly<Record<"rollout" | "replay" | "search", RandomStream>>;

  constructor(
    environment: HostedEnvironment,
    estimators: Estimators,
    config: RunConfig,
    facts: readonly Fact[],
  ) {
    this.#environment = environment;
    this.#estimators = estimators;
    this.#config = config;
    this.#facts = facts;
    this.modes = new ModesFound(environment);
    this.#replay = config.replay.capacity > 0 ? new ReplayBuffer(config.replay) : null;
    this.#random = {
      rollout: RandomStream.of(config.seed, "rollout"),
      replay: RandomStream.of(config.seed, "replay"),
      search: RandomStream.of(config.seed, "local search"),
    };
  }

  /** Its random streams, the modes found and the replay buffer. */
  state(): TensorTable {
    const streams = Object.entries(this.#random)
      .map(([name, stream]) => [`random.${name}`, vector(stream.state())]);
    const replay = this.#replay ? withPrefix("replay.", replayTable(this.#replay)) : {};
    const modes = this.modes.areKnown ? { modes: vector(this.modes.contents()) } : {};
    return { ...Object.fromEntries(streams), ...modes, ...replay };
  }

  /**
   * Goes on as {@linkcode state} was.
   *
   * @throws {GfnError} `E_CHECKPOINT` when something is missing
   */
  restore(table: TensorTable): void {
    const stream = (name: string) =>
      RandomStream.restore(take(table, `random.${name}`, Uint32Array));
    this.#random = {
      rollout: stream("rollout"),
      replay: stream("replay"),
      search: stream("search"),
    };
    if (this.modes.areKnown) this.modes.refill(take(table, "modes", Float64Array));
    if (this.#replay) refillReplay(this.#replay, withoutPrefix("replay.", table));
  }

  /** The data of a step. */
  async collect(step: number): Promise<Collected> {
    const { batch: size, replay: { share, minimum } } = this.#config;
    const replay = this.#replay;
    const again = replay && replay.size >= minimum
      ? Math.min(Math.round(share * size), size - 1)
      : 0;
    const { policy } = this.#estimators;
    policy.record();
    const { batch: own, logPfAll, places } = await sampleForward(
      this.#environment,
      size - again,
      (observations) => policy.forward(observations),
      this.#random.rollout,
      explorationAt(this.#config, step),
    );
    // The first gradient of an on-policy batch takes up what the rollout computed.
    policy.keep(leftRows(own), places);
    const fresh = [own, ...await this.#search(own)];
    for (const batch of fresh) this.#seeModes(batch);
    // Drawn before the new ones are added: these are trained on anyway.
    const drawn = again > 0 ? replay!.draw(again, this.#random.replay) : [];
    const replayed = again > 0 ? [await this.#replayed(drawn)] : [];
    const ids = replay ? [...fresh.flatMap((batch) => replay.add(batch)), ...drawn] : [];
    const alone = fresh.length + replayed.length === 1;
    const built = fresh.slice(1).reduce((sum, batch) => sum + trajectoryCount(batch), 0);
    const batch = concatBatches([...fresh, ...replayed]);
    return {
      batch: await withFacts(this.#environment, batch, this.#facts),
      ...(alone && { logPfAll }),
      sources: { policy: size - again, localSearch: built, replay: again },
      rewards: size - again + built + this.#factRewards(batch),
      noteLosses: (losses) => replay?.noteLosses(ids, losses),
    };
  }

  #seeModes(batch: Batch): void {
    if (!this.modes.areKnown) return;
    const ends = terminatingStates(batch), { stateWords } = batch;
    for (let at = 0; at < ends.length; at += stateWords) this.modes.see(ends, at);
  }

  /** What local search builds from the policy's trajectories, a batch a round. */
  async #search(own: Batch): Promise<Batch[]> {
    const { localSearch } = this.#config, estimators = this.#estimators;
    const policies = {
      forward: (observations: Batch["observations"]) => estimators.policy.forward(observations),
      backward: estimators.backwardLogits,
      logProbabilities(batch: Batch) {
        const numbers = estimators.numbers(batch);
        return { logPf: numbers.logPf(), logPb: numbers.logPb() };
      },
    };
    const built: Batch[] = [];
    let current = own;
    for (let round = 0; round < localSearch.rounds; round++) {
      const found = await searchRound(
        this.#environment,
        current,
        localSearch,
        policies,
        this.#random.search,
      );
      built.push(found.built);
      current = found.current;
    }
    return built;
  }

  /** Trajectories drawn from the buffer. Their rewards are known. */
  async #replayed(ids: readonly number[]): Promise<Batch> {
    const replay = this.#replay!;
    if (this.#config.replay.path === "same") {
      return await walk(this.#environment, replay.trajectories(ids), "other");
    }
    const { ends, logReward } = replay.objects(ids);
    const paths = sampleTrajectoriesTo(
      this.#environment,
      ends,
      this.#estimators.backwardLogits,
      this.#random.replay,
    );
    return await walk(this.#environment, { ...layEndToEnd(paths), logReward }, "other");
  }

  /** Rewards of states on the way that objectives of some kinds ask for. */
  #factRewards(batch: Batch): number {
    return this.#facts.some((fact) => fact !== "parents") ? batch.observations.rows : 0;
  }
}
