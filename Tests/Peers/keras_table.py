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


YES, NO = ["true", "yes", "t", "y", "on", "1"], ["false", "no", "f", "n", "off", "0"]


def numbers(column, values):
    """Without the column's unit and separators of thousands; anything else is an error."""
    values = values.str.replace(column.get("unit", ""), "", regex=False)
    return values.str.replace(r"(?<=\d)[,'’_ ](?=\d{3}(\D|$))", "", regex=True).str.strip().astype(float)


def days(column, values):
    """Days since 1970-01-01; of a time alone the part of the day."""
    if column["kind"] == "time":
        values = "1970-01-01 " + values
    moments = pd.to_datetime(values, dayfirst=column.get("order") == "day_first", format="mixed", utc=True)
    return (moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)


def of_date(column, days):
    fit = column["fit"]
    if column.get("missing") == "constant":
        days = days.fillna(fit["fill"])
    turns = {"year": days / 365.2425, "weekday": (np.floor(days) + 3) / 7, "time": days}
    for part in fit["parts"]:
        if part == "days":
            yield days.fillna(fit["fill"])
        else:
            for wave in np.sin, np.cos:
                yield wave(2 * np.pi * (turns[part] % 1)).fillna(0)
    if fit["indicator"]:
        yield days.isna()


def of_boolean(column, values):
    fit, values = column["fit"], values.str.lower()
    strange = values[values.notna() & ~values.isin(YES + NO)]
    if len(strange):
        raise ValueError(f"column {column['name']} holds {strange.iloc[0]!r}, which is neither yes nor no")
    yield values.fillna(fit.get("fill", "no").lower()).isin(YES)
    if fit["marks_missing"]:
        yield values.isna()


def features(table, model):
    """What the model takes of a table: its recipe, applied column by column."""
    with h5py.File(model) as file:
        recipe = json.loads(file["stormo"].attrs["recipe"])["inputs"]
    made = []
    for column in recipe["columns"]:
        fit, values, kind = column["fit"], table[column["name"]], column["kind"]
        if fit == "unused":
            continue
        values = values.mask(values.str.lower().isin(MISSING))
        if kind == "number":
            values = numbers(column, values)
            made.append(values.fillna(fit["fill"]))
            if fit["indicator"]:
                made.append(values.isna())
        elif kind in ("date", "time"):
            made += of_date(column, days(column, values))
        elif kind == "boolean":
            made += of_boolean(column, values)
        elif kind == "category":
            if "fill" in fit:
                values = values.fillna(fit["fill"])
            made += [values == text for text in fit["own"]]
            if fit["pooled"]:
                made.append(values.isin(fit["pooled"]))
            if fit["marks_missing"]:
                made.append(values.isna())
        else:
            raise ValueError(f"column {column['name']} is a {kind}, which this program does not know")
    return np.stack([one.to_numpy("float32") for one in made], axis=1)


if __name__ == "__main__":
    model, table, predictions = sys.argv[1:]
    rows = pd.read_csv(table, dtype=str, keep_default_na=False)
    # A column without a name goes by its number.
    rows.columns = [str(i) if name == f"Unnamed: {i}" else name for i, name in enumerate(rows.columns)]
    own = keras.models.load_model(model, compile=False).predict(features(rows, model), verbose=0)
    with h5py.File(predictions) as file:
        print(np.abs(own - file["predictions"][:]).max())
