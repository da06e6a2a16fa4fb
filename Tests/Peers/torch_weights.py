"""Predict with PyTorch from the weights in a model file that Stormo exported.

    python3 Tests/Peers/torch_weights.py MODEL DATA GROUP OUT

MODEL is a chain of layers such as the digits MLP or CNN. Loads its weights into torch modules, predicts
DATA:GROUP/inputs and writes the result to OUT as the dataset `predictions`. Needs torch and h5py.

Kernels lie as Keras lays them: Dense is (in, out), which torch.nn.Linear wants transposed; Conv2D is
(height, width, in, out), which torch.nn.Conv2d wants as (out, in, height, width).
"""

import json
import sys

import h5py
import torch
from torch import nn


def mlp(file):
    """Dense layers in their order with ReLU between them, up to the logits."""
    weights, modules = file["model_weights"], [nn.Flatten()]
    for layer in weights.attrs["layer_names"]:
        names = weights[layer].attrs["weight_names"]
        if len(names) > 0:
            kernel, bias = (torch.from_numpy(weights[layer][name][:]) for name in names)
            linear = nn.Linear(*kernel.shape)
            linear.load_state_dict({"weight": kernel.T, "bias": bias})
            modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


class ChannelsLast(nn.Module):
    """A module for channels-first images, applied to channels-last ones."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, images):
        return self.inner(images.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def cnn(file, layers):
    """Convolutions, max poolings and Dense layers as the file's config chains them, up to the logits."""
    modules = []
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        if kind in ("Conv2D", "Dense"):
            weights = file["model_weights"][config["name"]]
            kernel, bias = (torch.from_numpy(weights[name][:]) for name in weights.attrs["weight_names"])
            if kind == "Dense":
                module = nn.Linear(*kernel.shape)
                module.load_state_dict({"weight": kernel.T, "bias": bias})
            else:
                size, (inputs, outputs) = kernel.shape[:2], kernel.shape[2:]
                convolution = nn.Conv2d(inputs, outputs, size, config["strides"], padding=config["padding"])
                convolution.load_state_dict({"weight": kernel.permute(3, 2, 0, 1), "bias": bias})
                module = ChannelsLast(convolution)
            modules.append(module)
            if config["activation"] == "relu":
                modules.append(nn.ReLU())
        elif kind == "MaxPooling2D":
            modules.append(ChannelsLast(nn.MaxPool2d(config["pool_size"], config["strides"])))
        elif kind == "Flatten":
            modules.append(nn.Flatten())
        elif kind not in ("InputLayer", "Rescaling", "Normalization", "Dropout"):
            sys.exit(f"{file.filename}: layer {config['name']}: no torch module for {kind} here")
    return nn.Sequential(*modules)


def preprocess(inputs, layers):
    """The inputs as the model's own Rescaling and Normalization layers would make them."""
    for layer in layers:
        config = layer["config"]
        if layer["class_name"] == "Rescaling":
            inputs = inputs * torch.tensor(config["scale"]) + torch.tensor(config["offset"])
        elif layer["class_name"] == "Normalization":
            inputs = (inputs - torch.tensor(config["mean"])) / torch.tensor(config["variance"]).sqrt()
    return inputs


def main(model_path, data_path, group, out_path):
    with h5py.File(data_path, "r") as data:
        inputs = torch.from_numpy(data[group]["inputs"][:].astype("float32"))
    with h5py.File(model_path, "r") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
        convolutional = any(layer["class_name"] == "Conv2D" for layer in layers)
        model = cnn(file, layers) if convolutional else mlp(file)

    with torch.no_grad():
        predictions = model(preprocess(inputs, layers))
        if layers[-1]["config"].get("activation") == "softmax":
            predictions = predictions.softmax(1)
    with h5py.File(out_path, "w") as out:
        out["predictions"] = predictions.numpy()
    print(f"{out_path}: predictions {tuple(predictions.shape)} by PyTorch {torch.__version__}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
