"""Open models with Keras, compiled as their files say, and evaluate them.

    KERAS_BACKEND=jax python3 Tests/Peers/keras_compiled.py MODEL DATA GROUP [MODEL DATA GROUP]...

Prints for each a line of JSON: the loss and the metrics that model.evaluate gives for DATA:GROUP/inputs and
DATA:GROUP/targets (or inputs/NAME and targets/NAME), the optimizer with its weight decay and its learning rate in the
first, third and last of ten steps, what was warned of, and the loss of one step of model.fit.
Needs h5py and Keras 2.15 or 3.
"""

import json
import logging
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras


def arrays(group):
    """A dataset as float32, or those of a group by their names."""
    if isinstance(group, h5py.Group):
        return {name: arrays(group[name]) for name in group}
    return group[:].astype("float32")


class Told(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.sentences = []

    def emit(self, record):
        self.sentences.append(record.getMessage())


def rates(optimizer):
    """The learning rate of three steps."""
    rate = optimizer.get_config()["learning_rate"]
    if not isinstance(rate, dict):
        return [float(rate)] * 3
    schedule = keras.optimizers.schedules.deserialize(rate)
    return [float(schedule(step)) for step in (0, 2, 9)]


def main(model_path, data_path, group):
    told = Told()
    for name in ("absl", "tensorflow", None):
        logging.getLogger(name).addHandler(told)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = keras.models.load_model(model_path)
    sentences = told.sentences + [str(warning.message) for warning in caught]
    with h5py.File(data_path, "r") as data:
        inputs, targets = arrays(data[group]["inputs"]), arrays(data[group]["targets"])
    if isinstance(targets, dict):
        # In the order of the model's outputs, which is that of the losses.
        targets = [targets[name.split("/")[0]] for name in model.output_names]
    figures = model.evaluate(inputs, targets, batch_size=1 << 20, verbose=0, return_dict=True)
    optimizer = model.optimizer
    history = model.fit(inputs, targets, batch_size=1 << 20, verbose=0)
    print(
        json.dumps(
            {
                "figures": {name: float(value) for name, value in figures.items()},
                "optimizer": type(optimizer).__name__,
                "rates": rates(optimizer),
                "weight_decay": getattr(optimizer, "weight_decay", None),
                "fitted": float(history.history["loss"][0]),
                "warnings": [sentence for sentence in sentences if "compil" in sentence.lower()],
            }
        )
    )


if __name__ == "__main__":
    if len(sys.argv) < 4 or len(sys.argv) % 3 != 1:
        sys.exit(__doc__)
    for first in range(1, len(sys.argv), 3):
        main(*sys.argv[first : first + 3])
