"""Trajectory balance on a hypergrid with gfnx: milliseconds an iteration, compile time left out.

    python bench/peers/gfnx_tb.py DIMS SIDE EXIT_LOGIT ITERATIONS

The same work as bench/_iteration.ts: batch 16, MLP of two hidden layers of 256, uniform P_B, Adam, the
exit's first bias given and rates of 0, so that trajectories keep their length. One JSON line is printed.
"""

import json
import sys
import time

import gfnx
import jax
import jax.numpy as jnp
import optax
from gfnx.utils.rollout import forward_rollout

BATCH, HIDDEN = 16, 256
dims, side, exit_logit, iterations = (int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))

reward = gfnx.EasyHypergridRewardModule()
env = gfnx.HypergridEnvironment(reward, dim=dims, side=side)
env_params = env.init(jax.random.PRNGKey(0))
widths = [dims * side, HIDDEN, HIDDEN, dims + 1]


def first_params(key):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        key, weight_key, bias_key = jax.random.split(key, 3)
        bound = 1 / inputs**0.5
        layers.append({
            "weight": jax.random.uniform(weight_key, (inputs, outputs), minval=-bound, maxval=bound),
            "bias": jax.random.uniform(bias_key, (outputs,), minval=-bound, maxval=bound),
        })
    layers[-1]["bias"] = layers[-1]["bias"].at[dims].set(exit_logit)
    return {"layers": layers, "log_z": jnp.zeros(())}


def logits_of(params, obs):
    x = obs
    for layer in params["layers"][:-1]:
        x = jax.nn.relu(x @ layer["weight"] + layer["bias"])
    return x @ params["layers"][-1]["weight"] + params["layers"][-1]["bias"]


def policy(_key, obs, params):
    return logits_of(params, obs), {}


def loss_of(params, data):
    B, T = data.action.shape
    flat_state = jax.tree.map(lambda x: x.reshape((-1,) + x.shape[2:]), data.state)
    invalid = env.get_invalid_mask(flat_state, env_params).reshape(B, T, -1)
    log_pf_all = jax.nn.log_softmax(logits_of(params, data.obs), where=~invalid, axis=-1)
    log_pf = jnp.take_along_axis(log_pf_all, data.action[..., None], axis=-1)[..., 0]
    # Uniform P_B: one over the coordinates above 0 of the state reached; the exit has one way back.
    parents = jnp.sum(data.state.state > 0, axis=-1)
    reached = jnp.concatenate([parents[:, 1:], jnp.ones((B, 1), parents.dtype)], axis=1)
    is_move = data.action != dims
    log_pb = jnp.where(is_move, -jnp.log(jnp.maximum(reached, 1)), 0.0)
    kept = ~data.pad
    score = jnp.sum(jnp.where(kept, log_pf - log_pb - data.log_gfn_reward, 0.0), axis=1)
    return jnp.mean((params["log_z"] + score) ** 2)


optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.0))


@jax.jit
def iteration(key, params, state):
    key, rollout_key = jax.random.split(key)
    data, info = forward_rollout(rollout_key, BATCH, policy, params, env, env_params)
    loss, grads = jax.value_and_grad(loss_of)(params, data)
    updates, state = optimiser.update(grads, state, params)
    return key, optax.apply_updates(params, updates), state, loss, info["trajectory_length"].mean()


started = time.perf_counter()
key, params = jax.random.PRNGKey(1), first_params(jax.random.PRNGKey(2))
state = optimiser.init(params)
for _ in range(3):
    key, params, state, loss, length = iteration(key, params, state)
loss.block_until_ready()
warm = time.perf_counter()
lengths = []
for _ in range(iterations):
    key, params, state, loss, length = iteration(key, params, state)
    lengths.append(length)
loss.block_until_ready()
ms = 1000 * (time.perf_counter() - warm) / iterations
print(json.dumps({
    "peer": "gfnx",
    "gfnx": gfnx.__version__ if hasattr(gfnx, "__version__") else "0.0.1",
    "jax": jax.__version__,
    "ms": ms,
    "meanLength": float(jnp.mean(jnp.stack(lengths))),
    "loss": float(loss),
    "secondsToWarm": warm - started,
}))
