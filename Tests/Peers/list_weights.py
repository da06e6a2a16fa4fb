"""List the weights of a model file, layer by layer, as h5py sees them.

    python3 Tests/Peers/list_weights.py MODEL

Prints one line a weight, its path in the file and its shape, in the file's order of layers. Needs h5py.
"""

import sys

import h5py


def main(model_path):
    with h5py.File(model_path, "r") as file:
        weights = file["model_weights"]
        for layer in weights.attrs["layer_names"]:
            for name in weights[layer].attrs["weight_names"]:
                dataset = weights[layer][name]
                print(dataset.name, dataset.shape)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
