"""Balance objectives on a hypergrid with torchgfn: milliseconds an iteration after three to warm up.

    python bench/peers/torchgfn_balance.py DIMS SIDE EXIT_LOGIT ITERATIONS [tb|db|subtb]

The same work as bench/_iteration.ts; see README.md. One JSON line is printed.
"""

import json
import sys
import time
from importlib.metadata import version

import torch
from gfn.estimators import DiscretePolicyEstimator, ScalarEstimator
from gfn.gflownet.detailed_balance import DBGFlowNet
from gfn.gflownet.sub_trajectory_balance import SubTBGFlowNet
from gfn.gflownet.trajectory_balance import TBGFlowNet
from gfn.gym.hypergrid import HyperGrid
from gfn.preprocessors import KHotPreprocessor
from gfn.utils.modules import MLP

BATCH, HIDDEN = 16, 256
dims, side, exit_logit, iterations = (int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
objective = sys.argv[5] if len(sys.argv) > 5 else "tb"

torch.manual_seed(0)
torch.set_num_threads(2)
env = HyperGrid(
    ndim=dims,
    height=side,
    reward_fn_kwargs={"R0": 1e-3, "R1": 0.5, "R2": 2.0},
    validate_modes=False,
)
preprocessor = KHotPreprocessor(height=side, ndim=dims)


def network(outputs):
    return MLP(input_dim=preprocessor.output_dim, output_dim=outputs, hidden_dim=HIDDEN, n_hidden_layers=2)


policy = network(env.n_actions)
with torch.no_grad():
    last = [module for module in policy.modules() if isinstance(module, torch.nn.Linear)][-1]
    last.bias[env.n_actions - 1] = exit_logit
pf = DiscretePolicyEstimator(policy, env.n_actions, preprocessor=preprocessor)
pb = DiscretePolicyEstimator.uniform(env.n_actions, preprocessor=preprocessor)
if objective == "tb":
    model = TBGFlowNet(pf=pf, pb=pb)
else:
    flow = ScalarEstimator(network(1), preprocessor=preprocessor)
    kind = {"db": DBGFlowNet, "subtb": SubTBGFlowNet}[objective]
    model = kind(pf=pf, pb=pb, logF=flow)
optimiser = torch.optim.Adam(model.parameters(), lr=0.0)


def iteration():
    trajectories = model.sample_trajectories(env, n=BATCH, save_logprobs=False)
    optimiser.zero_grad()
    loss = model.loss_from_trajectories(env, trajectories, recalculate_all_logprobs=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(trajectories.terminating_idx.float().mean()), loss.item()


started = time.perf_counter()
for _ in range(3):
    iteration()
warm = time.perf_counter()
lengths = []
for _ in range(iterations):
    length, loss = iteration()
    lengths.append(length)
ms = 1000 * (time.perf_counter() - warm) / iterations
print(json.dumps({
    "peer": "torchgfn",
    "torchgfn": version("torchgfn"),
    "torch": torch.__version__,
    "ms": ms,
    "meanLength": sum(lengths) / len(lengths),
    "loss": loss,
    "secondsToWarm": warm - started,
}))
