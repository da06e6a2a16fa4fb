"""Training speed of JAX, jit.

    python3 Tests/Peers/bench_jax.py WORKLOAD [--threads N] [--seconds S]

Prints one line of JSON. Needs jax, numpy and h5py.
"""

import os

import workloads

options = workloads.arguments()
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

POOL = os.environ.get("POOL", "reshape")
MODE = os.environ.get("MODE", "step")


def initialise(layers, shape, random):
    parameters, features = [], int(np.prod(shape))
    height, width, channels = shape
    for layer in layers:
        if layer["type"] == "conv2d":
            size = layer["kernel_size"]
            kernel = (size, size, channels, layer["filters"])
            channels = layer["filters"]
            fan_in = int(np.prod(kernel[:3]))
        elif layer["type"] == "dense":
            kernel, fan_in = (features, layer["units"]), features
            features = layer["units"]
        else:
            if layer["type"] == "max_pooling2d":
                height, width = height // layer["pool_size"], width // layer["pool_size"]
            elif layer["type"] == "flatten":
                features = height * width * channels
            continue
        scale = np.sqrt(2 / fan_in)
        parameters.append(
            (jnp.asarray(random.normal(0, scale, kernel), jnp.float32), jnp.zeros(kernel[-1], jnp.float32))
        )
    return parameters


def forward(parameters, x):
    parameters = iter(parameters)
    for layer in workload.layers:
        if layer["type"] == "conv2d":
            kernel, bias = next(parameters)
            x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
        elif layer["type"] == "max_pooling2d":
            s = layer["pool_size"]
            if POOL == "reshape":
                n, h, w, c = x.shape
                x = x.reshape(n, h // s, s, w // s, s, c).max((2, 4))
            else:
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, s, s, 1), (1, s, s, 1), "VALID")
        elif layer["type"] == "flatten":
            x = x.reshape(x.shape[0], -1)
        else:
            kernel, bias = next(parameters)
            x = x @ kernel + bias
        if layer.get("activation") == "relu":
            x = jax.nn.relu(x)
    return x


def loss_of(parameters, x, y):
    logits = forward(parameters, x)
    return (jax.nn.logsumexp(logits, axis=-1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]).mean()


def step(state, images, labels, order):
    parameters, means, squares, count = state
    rows = jax.lax.dynamic_slice(order, ((count % workload.steps_per_epoch) * workload.batch_size,), (workload.batch_size,))
    loss, gradients = jax.value_and_grad(loss_of)(parameters, images[rows], labels[rows])
    count = count + 1
    t = count.astype(jnp.float32)
    rate = workload.learning_rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
    parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), parameters, means, squares)
    return (parameters, means, squares, count), loss


def epoch(state, images, labels, order):
    state, losses = jax.lax.scan(lambda s, _: step(s, images, labels, order), state, None, length=workload.steps_per_epoch)
    return state, losses[-1]


def steps():
    global loss, state
    random = np.random.default_rng(1)
    jstep = jax.jit(step, donate_argnums=0)
    jepoch = jax.jit(epoch, donate_argnums=0)
    while True:
        order = jnp.asarray(random.permutation(len(images)).astype("int32"))
        if MODE == "epoch":
            state, loss = jepoch(state, images, labels, order)
            yield workload.steps_per_epoch
        else:
            for _ in range(workload.steps_per_epoch):
                state, loss = jstep(state, images, labels, order)
                yield 1


workload = workloads.Workload(options.workload)
images, labels = jnp.asarray(workload.images), jnp.asarray(workload.labels)
parameters = initialise(workload.layers, images.shape[1:], np.random.default_rng(1))
state = (parameters, jax.tree.map(jnp.zeros_like, parameters), jax.tree.map(jnp.zeros_like, parameters), jnp.zeros((), jnp.int32))
loss = None
workloads.measure(f"JAX {jax.__version__}", options, workload, steps(), lambda: float(loss))
