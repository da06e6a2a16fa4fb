"""Training speed of Keras on TensorFlow, as a graph.

    python3 Tests/Peers/bench_keras.py WORKLOAD [--threads N] [--seconds S]

Prints one line of JSON. Needs keras, tensorflow, numpy and h5py.
"""

import os

import workloads

options = workloads.arguments()
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(int(os.environ.get("INTER", options.threads)))
K = int(os.environ.get("K", 32))
PRE = int(os.environ.get("PRE", 1))


def build(layers, shape):
    made = [keras.Input(shape)]
    for layer in layers:
        kind = layer["type"]
        if kind == "conv2d":
            made.append(
                keras.layers.Conv2D(
                    layer["filters"], layer["kernel_size"], padding=layer["padding"], activation=layer["activation"]
                )
            )
        elif kind == "max_pooling2d":
            made.append(keras.layers.MaxPooling2D(layer["pool_size"]))
        elif kind == "flatten":
            made.append(keras.layers.Flatten())
        else:
            made.append(keras.layers.Dense(layer["units"], activation=layer.get("activation")))
    return keras.Sequential(made)


def batches():
    images, labels = tf.constant(workload.images), tf.constant(workload.labels)
    size, count = workload.batch_size, workload.steps_per_epoch

    def epoch(_):
        order = tf.random.shuffle(tf.range(len(workload.images)))[: count * size]
        return tf.data.Dataset.from_tensor_slices(tf.reshape(order, (count, size)))

    dataset = tf.data.Dataset.range(1).repeat().flat_map(epoch)
    dataset = dataset.map(lambda rows: (tf.gather(images, rows), tf.gather(labels, rows)))
    if PRE: dataset = dataset.prefetch(PRE)
    o = tf.data.Options()
    o.threading.private_threadpool_size = options.threads
    o.autotune.enabled = False
    return iter(dataset.with_options(o))


def steps():
    global loss
    iterator, train = batches(), model.make_train_function()
    while True:
        loss = model.train_function(iterator)
        yield K


keras.utils.set_random_seed(1)
workload = workloads.Workload(options.workload)
model = build(workload.layers, workload.images.shape[1:])
model.compile(
    keras.optimizers.Adam(workload.learning_rate),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    steps_per_execution=K,
    jit_compile=False,
)
loss = None
peer = f"Keras {keras.__version__} (TensorFlow {tf.__version__})"
def get():
    value = float(loss["loss"]); return value
workloads.measure(peer, options, workload, steps(), get)
