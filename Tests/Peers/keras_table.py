"""Applies a model's recipe to a table in pandas, and lets Keras predict: python keras_table.py MODEL TABLE PREDICTIONS

Prints the largest difference from what `stormo predict` wrote to PREDICTIONS for the same rows.
"""

import json
import sys

import h5py
import keras
import numpy as np
import pandas as pd


# What stormo takes for missing, which is not all that pandas does; so texts are read as they stand.
MISSING = ["", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "?"]


def features(table, model):
    """What the model takes of a table: its recipe, applied column by column."""
    with h5py.File(model) as file:
        recipe = json.loads(file["stormo"].attrs["recipe"])["inputs"]
    made = []
    for column in recipe["columns"]:
        fit, values = column["fit"], table[column["name"]]
        if fit == "unused":
            continue
        values = values.mask(values.str.lower().isin(MISSING))
        if column["kind"] == "number":
            values = values.astype(float)
        if "fill" in fit and not fit.get("indicator"):
            values = values.fillna(fit["fill"])
        if column["kind"] == "number":
            made.append(values.fillna(fit["fill"]))
            if fit["indicator"]:
                made.append(values.isna())
        else:
            made += [values == text for text in fit["own"]]
            if fit["pooled"]:
                made.append(values.isin(fit["pooled"]))
            if fit["marks_missing"]:
                made.append(values.isna())
    return np.stack([one.to_numpy("float32") for one in made], axis=1)


if __name__ == "__main__":
    model, table, predictions = sys.argv[1:]
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    own = keras.models.load_model(model, compile=False).predict(features(rows, model), verbose=0)
    with h5py.File(predictions) as file:
        print(np.abs(own - file["predictions"][:]).max())
