/**
 * Fixtures of exact measures on small grids, with the networks evaluated twice: in doubles, and in
 * float32 as a run evaluates them.
 *
 * @module
 */
import {
  exactMetrics,
  optimalLogFlow,
  softValue,
  uniformLogPb,
  visits,
} from "../../metrics/exact.ts";
import { buildStateGraph, type StateGraph } from "../../metrics/state_graph.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, type FileReport, FLOAT, type Tolerance } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import {
  fieldSizes,
  gridName,
  inDoubles,
  inFloats,
  logSoftmax,
  openGrid,
  readNet,
} from "./networks.ts";

/** Checks every run of every grid of the file. */
export async function checkExactDistribution(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const grid of fixture.at("envs").list()) {
    report.leaveOutKeys(grid, ["d", "H", "R0", "R1", "R2", "nets", "runs"]);
    const environment = await openGrid(grid), graph = await buildStateGraph(environment);
    report.leaveOutKeys(grid.at("nets"), ["pf", "pb"]);
    for (const [r, run] of grid.at("runs").list().entries()) {
      const pb = run.at("pb").text(), policy = run.at("policy").text();
      const name = `${gridName(grid)} pb ${pb}`;
      if (policy !== "pf" || (pb !== "learned" && pb !== "uniform")) {
        report.leaveOut(`${name} policy ${policy}`);
        continue;
      }
      report.leaveOutKeys(run, RUN_KEYS);
      report.leaveOutKeys(run.at("metrics"), METRICS);
      for (const [precision, tolerance] of [["doubles", DOUBLE], ["float32", FLOAT]] as const) {
        await report.case(`${name} in ${precision}`, (check) => {
          const nets = grid.at("nets");
          const logits = (net: Fixture) => outputs(net, environment, graph, precision);
          const tables = {
            logPf: logSoftmax(logits(nets.at("pf")), graph.forwardMask, graph.forwardActions),
            logPb: pb === "uniform" ? uniformLogPb(graph) : edgeLogPb(graph, logits(nets.at("pb"))),
          };
          checkRun(run, r === 0, graph, tables, check, tolerance);
        });
      }
    }
  }
}

const RUN_KEYS = [
  ...["pb", "policy", "terminating", "target", "visit", "softValue", "logFlowOptimal", "metrics"],
];

/** [M * outputs] of a network at every state. */
function outputs(
  fixture: Fixture,
  environment: HostedEnvironment,
  graph: StateGraph,
  precision: "doubles" | "float32",
): Float32Array | Float64Array {
  const sizes = fieldSizes(environment), rows = graph.observations(0, graph.size);
  const net = readNet(fixture, sizes.reduce((sum, size) => sum + size, 0));
  const want = fixture.path.endsWith(".pf") ? graph.forwardActions : graph.backwardActions;
  if (net.outputs !== want) throw malformed(fixture.path, `${net.outputs} outputs`, `${want}`);
  if (precision === "doubles") return inDoubles(net, sizes, rows);
  const network = inFloats(net, environment.observation);
  const found = network.forward(rows).slice();
  network.dispose();
  return found;
}

/** [M * A] log P_B of the edge that each forward action takes, nats. */
function edgeLogPb(graph: StateGraph, logits: Float32Array | Float64Array): Float64Array {
  const { forwardActions: A, backwardActions: B, next, backwardOf, size } = graph;
  const all = logSoftmax(logits, graph.backwardMask, B);
  return Float64Array.from(
    { length: size * A },
    (_, e) => next[e]! >= 0 ? all[next[e]! * B + backwardOf[e]!]! : 0,
  );
}

/** States up to which a file must list soft values. */
const LISTED = 300;

function checkRun(
  run: Fixture,
  isFirst: boolean,
  graph: StateGraph,
  { logPf, logPb }: Record<"logPf" | "logPb", Float64Array>,
  check: Check,
  tolerance: Tolerance,
): void {
  const { visit, terminating: q } = visits(graph, logPf);
  const exact = exactMetrics(graph, logPf, logPb);
  const p = graph.logReward.map((logR) => Math.exp(logR - exact.logZExact));
  const soft = softValue(graph, logPf, logPb), logFlow = optimalLogFlow(graph, logPb);

  const lists: [string, Float64Array, boolean][] = [
    // What no P_B changes is given once, in the first run of a grid.
    ["terminating", q, isFirst],
    ["target", p, isFirst],
    ["visit", visit, isFirst],
    ["softValue", soft, graph.size <= LISTED],
    ["logFlowOptimal", logFlow, true],
  ];
  for (const [key, found, required] of lists) {
    const want = required ? run.at(key) : run.maybe(key);
    if (want !== null) check.equal(found, want, tolerance);
  }

  const sum = (term: (x: number) => number) => q.reduce((total, _, x) => total + term(x), 0);
  const reward = graph.logReward.map(Math.exp);
  // One library keeps its logarithms finite by this summand.
  const guard = 1e-9, middle = (x: number) => (p[x]! + q[x]!) / 2 + guard;
  const metrics: Record<typeof METRICS[number], number> = {
    tv: exact.tv,
    l1: 2 * exact.tv,
    torchgfnL1Mean: 2 * exact.tv / graph.size,
    klTargetPolicy: exact.kl,
    klPolicyTarget: exact.klReverse,
    jsd: exact.jsd,
    gfnxKlTargetPolicy: sum((x) => xLog(p[x]!, q[x]! + guard)),
    gfnxJsd: sum((x) => xLog(p[x]!, middle(x)) + xLog(q[x]!, middle(x))) / 2,
    meanLogReward: exact.meanLogReward,
    meanReward: sum((x) => q[x]! * reward[x]!),
    targetMeanReward: sum((x) => p[x]! * reward[x]!),
    elbo: exact.elbo,
    eubo: exact.eubo,
    logZ: exact.logZExact,
    elboMinusLogZ: exact.elbo - exact.logZExact,
    euboMinusLogZ: exact.eubo - exact.logZExact,
    entropyPolicyTerminating: -sum((x) => xLog(q[x]!, 1)),
    expectedTrajectoryLength: visit.reduce((total, v) => total + v, 0),
  };
  for (const key of METRICS) check.equal(metrics[key], run.at("metrics").at(key), tolerance);
  check.holds(
    Math.abs(soft[0]! - exact.elbo) < 1e-10 && Math.abs(logFlow[0]! - exact.logZExact) < 1e-10,
    `${run.path}: found soft value ${soft[0]} and flow ${logFlow[0]} at s_0, want ELBO and log Z`,
  );
}

const METRICS = [
  ...["tv", "l1", "torchgfnL1Mean", "klTargetPolicy", "klPolicyTarget", "jsd"] as const,
  ...["gfnxKlTargetPolicy", "gfnxJsd", "meanLogReward", "meanReward"] as const,
  ...["targetMeanReward", "elbo", "eubo", "logZ", "elboMinusLogZ", "euboMinusLogZ"] as const,
  ...["entropyPolicyTerminating", "expectedTrajectoryLength"] as const,
] as const;

/** x log(x / y), 0 at x = 0. */
function xLog(x: number, y: number): number {
  return x > 0 ? x * Math.log(x / y) : 0;
}
