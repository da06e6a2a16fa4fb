"""Predict with Keras from a model file that Stormo exported.

    KERAS_BACKEND=jax python3 Tests/Peers/keras_predict.py MODEL DATA GROUP OUT [MODEL DATA GROUP OUT]...

Opens MODEL with keras.models.load_model, predicts DATA:GROUP/inputs as float32 and writes the result to OUT
as the dataset `predictions`. Needs h5py and Keras 2.15, or Keras 3 with any backend (jax unless KERAS_BACKEND says
otherwise).
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras


def main(model_path, data_path, group, out_path):
    model = keras.models.load_model(model_path, compile=False)
    with h5py.File(data_path, "r") as data:
        inputs = data[group]["inputs"][:].astype("float32")
    predictions = model.predict(inputs, batch_size=256, verbose=0)
    with h5py.File(out_path, "w") as out:
        out["predictions"] = predictions
    version = f"Keras {keras.__version__} on {keras.backend.backend()}"
    print(f"{out_path}: predictions {predictions.shape} by {version}")


if __name__ == "__main__":
    if len(sys.argv) < 5 or len(sys.argv) % 4 != 1:
        sys.exit(__doc__)
    for first in range(1, len(sys.argv), 4):
        main(*sys.argv[first : first + 4])
