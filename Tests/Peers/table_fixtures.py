"""Make Tests/BatchesTests/Fixtures/table.h5 and linked.h5.

    python3 Tests/Peers/table_fixtures.py Tests/BatchesTests/Fixtures

table.h5 has arrays of images and labels, a table (compound type) with columns of sizes, labels and weights, and a list
of class names. linked.h5 has nothing but links into table.h5. Needs h5py.
"""

import sys
from pathlib import Path

import h5py
import numpy as np


def main(folder):
    rows = 12
    table = np.zeros(rows, dtype=[("size", "<f4"), ("label", ">i2"), ("weight", "<f8")])
    table["size"] = np.arange(rows) / 4
    table["label"] = np.arange(rows) % 3
    table["weight"] = 0.5 + np.arange(rows)
    with h5py.File(Path(folder) / "table.h5", "w") as file:
        file.create_dataset("table", data=table, chunks=(5,), compression="gzip", shuffle=True)
        file.attrs["class_names"] = ["a", "b", "c"]
        file["image"] = np.arange(4 * rows, dtype="f4").reshape(rows, 2, 2)
        file["label"] = table["label"]
    with h5py.File(Path(folder) / "linked.h5", "w") as file:
        file["inputs"] = h5py.ExternalLink("table.h5", "/image")
        file["targets"] = h5py.ExternalLink("table.h5", "/label")


if __name__ == "__main__":
    main(*sys.argv[1:])
