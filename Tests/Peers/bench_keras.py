"""Training speed of Keras on TensorFlow, as a graph.

    python3 Tests/Peers/bench_keras.py WORKLOAD [--threads N] [--seconds S]

Prints one line of JSON. The choices, as fast as any that were tried:
- Data: float32 tensors in memory; tf.data shuffles row numbers once an epoch and gathers a batch at a time, the next
  one prefetched.
- jit_compile=False; 32 steps per execution, so that the loop over steps is in the graph. The train function that
  model.fit calls is called here directly, without fit's callbacks.
- Thread pools of N, on N cores; oneDNN's kernels on, as by default.
Needs keras, tensorflow (or tensorflow-cpu), numpy and h5py.
"""

import os

import workloads

options = workloads.arguments()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)

STEPS_PER_EXECUTION = 32


def build(layers, shape):
    """The config's layers, for channels-last images of `shape`."""
    made = [keras.Input(shape)]
    for layer in layers:
        kind, activation = layer["type"], layer.get("activation")
        if kind == "conv2d":
            size, padding = layer["kernel_size"], layer["padding"]
            made.append(keras.layers.Conv2D(layer["filters"], size, padding=padding, activation=activation))
        elif kind == "max_pooling2d":
            made.append(keras.layers.MaxPooling2D(layer["pool_size"]))
        elif kind == "flatten":
            made.append(keras.layers.Flatten())
        elif kind == "dense":
            made.append(keras.layers.Dense(layer["units"], activation=activation))
        else:
            raise ValueError(f"No layer of type '{kind}' here.")
    return keras.Sequential(made)


def batches():
    """Endless batches, each epoch in an order of its own."""
    images, labels = tf.constant(workload.images), tf.constant(workload.labels)
    size, count = workload.batch_size, workload.steps_per_epoch

    def epoch(_):
        order = tf.random.shuffle(tf.range(len(workload.images)))[: count * size]
        return tf.data.Dataset.from_tensor_slices(tf.reshape(order, (count, size)))

    dataset = tf.data.Dataset.range(1).repeat().flat_map(epoch)
    dataset = dataset.map(lambda rows: (tf.gather(images, rows), tf.gather(labels, rows))).prefetch(1)
    settings = tf.data.Options()
    settings.threading.private_threadpool_size = options.threads
    settings.autotune.enabled = False
    return iter(dataset.with_options(settings))


def steps():
    global logs
    iterator = batches()
    model.make_train_function()
    while True:
        logs = model.train_function(iterator)
        yield STEPS_PER_EXECUTION


keras.utils.set_random_seed(1)
workload = workloads.Workload(options.workload)
model = build(workload.layers, workload.images.shape[1:])
model.compile(
    keras.optimizers.Adam(workload.learning_rate),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    steps_per_execution=STEPS_PER_EXECUTION,
    jit_compile=False,
)
logs = None
peer = f"Keras {keras.__version__} (TensorFlow {tf.__version__})"
workloads.measure(peer, options, workload, steps(), lambda: float(logs["loss"]))
