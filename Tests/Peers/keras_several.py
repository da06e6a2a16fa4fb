"""Predict with Keras from a model of several inputs and outputs that Stormo exported, and train it on.

    KERAS_BACKEND=jax python3 Tests/Peers/keras_several.py MODEL DATA GROUP OUT [TRAINING]

Opens MODEL, predicts DATA:GROUP/inputs/NAME for its inputs by their names, in the types that it says, and writes each output's result to OUT as
`before/NAME`. TRAINING is JSON: {"losses": [...], "ignore": LABEL, "weights": [...], "rate": R, "batch": B, "epochs": E}
with a loss for each output in order; the model is then trained on DATA:GROUP/targets/NAME by plain gradient descent, in
the order of the rows, and what it predicts then is written as `after/NAME`. Needs h5py and Keras 3, or for predictions
alone Keras 2.15.
"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras


def loss(name, ignored):
    if name == "sparse_categorical_crossentropy":
        return keras.losses.SparseCategoricalCrossentropy(ignore_class=ignored)
    return keras.losses.get(name)


def predict(model, inputs, out, group):
    results = model.predict(inputs, batch_size=256, verbose=0)
    for name, result in zip(model.output_names, results):
        out[f"{group}/{name}"] = result


def main(model_path, data_path, group, out_path, training=None):
    model = keras.models.load_model(model_path, compile=False)
    # Keras 2.15 has TensorFlow's types, Keras 3 their names.
    types = {tensor.name.split(":")[0]: getattr(tensor.dtype, "name", tensor.dtype) for tensor in model.inputs}
    with h5py.File(data_path) as data:
        inputs = [data[group]["inputs"][name][:].astype(kind) for name, kind in types.items()]
        targets = [data[group]["targets"][name][:] for name in model.output_names]
    with h5py.File(out_path, "w") as out:
        predict(model, inputs, out, "before")
        if training:
            training = json.loads(training)
            model.compile(
                optimizer=keras.optimizers.SGD(training["rate"]),
                loss=[loss(name, training["ignore"]) for name in training["losses"]],
                loss_weights=training["weights"],
            )
            model.fit(
                inputs, targets, batch_size=training["batch"], epochs=training["epochs"], shuffle=False, verbose=0
            )
            predict(model, inputs, out, "after")
    backend = keras.backend.backend() if hasattr(keras.backend, "backend") else "tensorflow"
    print(f"{out_path}: inputs {types}, outputs {list(model.output_names)} by {backend}, Keras {keras.__version__}")


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    main(*sys.argv[1:])
