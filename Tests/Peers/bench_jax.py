"""Training speed of JAX, jit.

    python3 Tests/Peers/bench_jax.py WORKLOAD [--threads N] [--seconds S]
    python3 Tests/Peers/bench_jax.py --scan WORKLOAD [--threads N] [--seconds S]

Prints one line of JSON. The choices, as fast as any that were tried:
- Data: float32 arrays on the device; an epoch's order is a NumPy permutation handed over once.
- One jitted program makes the whole step: gather, forward, backward, Adam. Its state is donated, the place in the
  order is counted inside, so that nothing crosses from Python in a step. Steps are dispatched without waiting.
- Max pooling is a reshape and a maximum: with lax.reduce_window a step of the CNN takes more than three times as long.
- N threads by binding the process to N cores, by which XLA sizes its pool.
--scan makes a whole epoch one program, by lax.scan. Tiny models gain much, since what a call costs is gone; the loop
gives up the step as a unit (no logging, checkpoint or change of data within an epoch). It takes minutes for the CNN,
whose convolutions XLA's CPU compiler runs many times slower inside a loop.
Needs jax, numpy and h5py.
"""

import os
import sys

import workloads

scan = "--scan" in sys.argv
sys.argv = [argument for argument in sys.argv if argument != "--scan"]
options = workloads.arguments()
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np


def initialise(layers, shape, random):
    """A kernel (he_normal) and a bias for each layer that has them, for images of `shape`."""
    height, width, channels = shape
    features, parameters = height * width * channels, []
    for layer in layers:
        if layer["type"] == "conv2d":
            size = layer["kernel_size"]
            kernel = (size, size, channels, layer["filters"])
            channels = layer["filters"]
        elif layer["type"] == "dense":
            kernel = (features, layer["units"])
            features = layer["units"]
        else:
            size = layer.get("pool_size", 1)
            height, width = height // size, width // size
            features = height * width * channels
            continue
        values = random.normal(0, np.sqrt(2 / np.prod(kernel[:-1])), kernel)
        parameters.append((jnp.asarray(values, jnp.float32), jnp.zeros(kernel[-1])))
    return parameters


def forward(parameters, x):
    """Logits of images (n, h, w, c)."""
    parameters = iter(parameters)
    for layer in workload.layers:
        if layer["type"] == "conv2d":
            kernel, bias = next(parameters)
            layout = ("NHWC", "HWIO", "NHWC")
            x = jax.lax.conv_general_dilated(x, kernel, (1, 1), layer["padding"].upper(), dimension_numbers=layout)
            x = x + bias
        elif layer["type"] == "max_pooling2d":
            n, h, w, c = x.shape
            size = layer["pool_size"]
            x = x.reshape(n, h // size, size, w // size, size, c).max((2, 4))
        elif layer["type"] == "flatten":
            x = x.reshape(x.shape[0], -1)
        elif layer["type"] == "dense":
            kernel, bias = next(parameters)
            x = x @ kernel + bias
        else:
            raise ValueError(f"No layer of type '{layer['type']}' here.")
        if layer.get("activation") == "relu":
            x = jax.nn.relu(x)
    return x


def mean_loss(parameters, x, y):
    logits = forward(parameters, x)
    return (jax.nn.logsumexp(logits, axis=-1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]).mean()


def step(state, images, labels, order):
    """The state after the epoch's next batch by Adam, and the batch's loss."""
    parameters, means, squares, count = state
    start = (count % workload.steps_per_epoch) * workload.batch_size
    rows = jax.lax.dynamic_slice(order, (start,), (workload.batch_size,))
    loss, gradients = jax.value_and_grad(mean_loss)(parameters, images[rows], labels[rows])
    count += 1
    mean_scale, square_scale = 1 / (1 - 0.9**count), 1 / (1 - 0.999**count)
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    parameters = jax.tree.map(
        lambda p, m, v: p - workload.learning_rate * (m * mean_scale) / (jnp.sqrt(v * square_scale) + 1e-8),
        parameters,
        means,
        squares,
    )
    return (parameters, means, squares, count), loss


def epoch(state, images, labels, order):
    def body(state, _):
        return step(state, images, labels, order)

    state, losses = jax.lax.scan(body, state, length=workload.steps_per_epoch)
    return state, losses[-1]


def steps():
    global state, loss
    program = jax.jit(epoch if scan else step, donate_argnums=0)
    calls, made = (1, workload.steps_per_epoch) if scan else (workload.steps_per_epoch, 1)
    while True:
        order = jnp.asarray(random.permutation(len(images)).astype("int32"))
        for _ in range(calls):
            state, loss = program(state, images, labels, order)
            yield made


workload = workloads.Workload(options.workload)
random = np.random.default_rng(1)
images, labels = jnp.asarray(workload.images), jnp.asarray(workload.labels)
parameters = initialise(workload.layers, workload.images.shape[1:], random)
zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
state, loss = (parameters, *zeros, jnp.zeros((), jnp.int32)), None
workloads.measure(f"JAX {jax.__version__}", options, workload, steps(), lambda: float(loss))
