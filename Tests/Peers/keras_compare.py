"""Compare Keras's predictions from a model file with those of `stormo predict`.

    python3 Tests/Peers/keras_compare.py MODEL DATA GROUP PREDICTIONS [MODEL DATA GROUP PREDICTIONS]...

PREDICTIONS is what `stormo predict MODEL --data DATA --group GROUP` wrote. Ends with 1 where a number differs by more
than 1e-5 of itself, or of 1 where it is smaller. Needs what keras_predict.py needs.
"""

import os
import sys
import tempfile

import keras_predict  # First, since it chooses the backend.

import h5py
import numpy


def main(model, data, group, predictions):
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "keras.h5")
        keras_predict.main(model, data, group, out)
        with h5py.File(out) as theirs, h5py.File(predictions) as ours:
            theirs, ours = theirs["predictions"][:], ours["predictions"][:]
    if theirs.shape != ours.shape:
        sys.exit(f"{model}: Keras predicts {theirs.shape}, stormo {ours.shape}")
    worst = numpy.max(numpy.abs(theirs - ours) / numpy.maximum(1, numpy.abs(ours)))
    print(f"{model}: {len(ours)} predictions, the largest difference is {worst:.1e}")
    if not worst <= 1e-5:
        sys.exit(f"{model}: Keras predicts something else")


if __name__ == "__main__":
    if len(sys.argv) < 5 or len(sys.argv) % 4 != 1:
        sys.exit(__doc__)
    for first in range(1, len(sys.argv), 4):
        main(*sys.argv[first : first + 4])
