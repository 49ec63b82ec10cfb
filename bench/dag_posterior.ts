/**
 * How near trained samplers of graphs are to the posterior: exact total variation, JSD, and the correlation
 * of the marginals of edges, paths and Markov blankets, off the diagonal.
 * `deno run -A bench/dag_posterior.ts RUN…`.
 *
 * @module
 */
import { pearson } from "../metrics/correlation.ts";
import { divergences, logPartition, visits } from "../metrics/exact.ts";
import { graphMarginals, type Marginals } from "../metrics/marginals.ts";
import { readCheckpointOf } from "../store/stored_run.ts";
import { openOwn } from "../stored/ground.ts";
import { openStoredRun } from "../stored/opened_run.ts";
import { exactLogPf } from "../train/evaluate.ts";
import { openSampler } from "../trained/trained_sampler.ts";

const short = (x: number) => x.toFixed(4);

for (const run of Deno.args) {
  const { config, ground, objective, stored } = await openStoredRun(run);
  const { checkpoint: { snapshot } } = await readCheckpointOf(stored, "last");
  const environment = await openOwn(config, ground);
  const sampler = await openSampler({
    ...{ environment, objective, config, snapshot, parameters: "trained" },
  });
  const graph = sampler.graph!, logZ = logPartition(graph);
  const learned = visits(graph, exactLogPf(graph, sampler.estimators.policy)).terminating;
  const target = graph.logReward.map((logR) => Math.exp(logR - logZ));
  const { tv, jsd } = divergences(target, learned);
  const ours = graphMarginals(environment, learned), theirs = graphMarginals(environment, target);
  const correlation = (of: keyof Omit<Marginals, "nodes">) => {
    const apart = (values: Float64Array) => values.filter((_, i) => i % (ours.nodes + 1) !== 0);
    return pearson(apart(ours[of]), apart(theirs[of]));
  };
  console.log(
    `${run}: TV ${short(tv)}, JSD ${short(jsd)}, correlation of edges ${
      short(correlation("edge"))
    }, paths ${short(correlation("path"))}, Markov blankets ${short(correlation("markovBlanket"))}`,
  );
  sampler.dispose();
}
