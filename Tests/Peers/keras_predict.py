"""Predict with Keras from a model file that Stormo exported.

    KERAS_BACKEND=jax python3 Tests/Peers/keras_predict.py MODEL DATA GROUP OUT

Opens MODEL with keras.models.load_model, predicts DATA:GROUP/inputs as float32 and writes the result to OUT
as the dataset `predictions`. Needs keras with any backend (jax unless KERAS_BACKEND says otherwise) and h5py.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

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
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
