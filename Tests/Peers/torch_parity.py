"""Train three small digits models for 200 steps in PyTorch, as fixtures for Stormo's tests.

    python3 Tests/Peers/torch_parity.py Tests/EngineTests/Fixtures

    torch-digits-mlp.h5          Flatten, Dense 64 relu, Dense 10; Adam 0.001, batches of 32. Adam as Keras has it,
                                 below: epsilon stands beside the root of the uncorrected mean of squares
    torch-digits-cnn.h5          Conv2D 16 relu, MaxPooling 2, Conv2D 32 relu, MaxPooling 2, Flatten, Dense 64 relu,
                                 Dense 10; SGD 0.005, momentum 0.9, batches of 64
    torch-digits-cnn-smooth.h5   the same with tanh for relu and average for max pooling; SGD 0.05, momentum 0.9

Convolutions are 3x3, padded "same"; the CNNs flatten in NHWC order. Inputs are Datasets/digits.h5:/train/inputs
divided by 16; the loss is the cross-entropy of the logits. Each file holds

    initial/<layer>/kernel, bias   the weights before the first step, laid out as in Keras: Dense (in, out),
                                   Conv2D (height, width, in, out)
    order                          int32 (200, batch): the rows of /train that each step sees; -1 fills the
                                   short batch that ends an epoch
    loss                           float64 (200): each batch's mean loss before its step
    attribute float64_deviation    the largest relative difference of `loss` from the same training in float64

Why the relu CNN has a small learning rate: at a kink (relu at 0, two equal largest values under max pooling) a
rounding error of 1e-7 decides which way a whole gradient flows. Millions of values pass such kinks in 200 steps,
a few flip, and at a rate of 0.05 one flip parts two float32 trainings by more than 1e-4: PyTorch does not then
follow itself. The smooth CNN has no kinks and so can be followed closely at that rate.

Run it again whenever digits.h5 changes. Needs torch and h5py.
"""

import sys
from pathlib import Path

import h5py
import torch
from torch import nn

STEPS = 200
SEED = 0
DIGITS = Path(__file__).resolve().parents[2] / "Datasets" / "digits.h5"


class ToChannelsFirst(nn.Module):
    def forward(self, images):
        return images.permute(0, 3, 1, 2)


class ToChannelsLast(nn.Module):
    def forward(self, images):
        return images.permute(0, 2, 3, 1)


def mlp():
    layers = {"dense": nn.Linear(64, 64), "dense_1": nn.Linear(64, 10)}
    return nn.Sequential(nn.Flatten(), layers["dense"], nn.ReLU(), layers["dense_1"]), layers


def cnn(activation=nn.ReLU, pooling=nn.MaxPool2d):
    layers = {
        "conv2d": nn.Conv2d(1, 16, 3, padding="same"),
        "conv2d_1": nn.Conv2d(16, 32, 3, padding="same"),
        "dense": nn.Linear(2 * 2 * 32, 64),
        "dense_1": nn.Linear(64, 10),
    }
    model = nn.Sequential(
        ToChannelsFirst(),
        layers["conv2d"], activation(), pooling(2),
        layers["conv2d_1"], activation(), pooling(2),
        ToChannelsLast(), nn.Flatten(),
        layers["dense"], activation(), layers["dense_1"],
    )
    return model, layers


def smooth_cnn():
    return cnn(nn.Tanh, nn.AvgPool2d)


class KerasAdam(torch.optim.Optimizer):
    """keras.optimizers.Adam, which is not torch.optim.Adam: there epsilon is added to the corrected root."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-7):
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                state, gradient = self.state[parameter], parameter.grad
                if not state:
                    state.update(t=0, m=torch.zeros_like(parameter), v=torch.zeros_like(parameter))
                state["t"] += 1
                state["m"] += (gradient - state["m"]) * (1 - beta1)
                state["v"] += (gradient * gradient - state["v"]) * (1 - beta2)
                rate = group["lr"] * (1 - beta2 ** state["t"]) ** 0.5 / (1 - beta1 ** state["t"])
                parameter -= rate * state["m"] / (state["v"].sqrt() + group["eps"])


def adam(parameters):
    return KerasAdam(parameters, lr=0.001)


def sgd(learning_rate):
    return lambda parameters: torch.optim.SGD(parameters, lr=learning_rate, momentum=0.9)


def batches(rows, size, generator):
    """STEPS batches of row numbers, over a new permutation of all rows each epoch."""
    order = []
    while len(order) < STEPS:
        order += torch.randperm(rows, generator=generator).split(size)
    return order[:STEPS]


def in_keras_layout(layer):
    weight = layer.weight.detach()
    kernel = weight.permute(2, 3, 1, 0) if weight.dim() == 4 else weight.T
    return kernel.contiguous().numpy().copy(), layer.bias.detach().numpy().copy()


def train(model, optimizer, order, dtype):
    """The loss of each batch before its step."""
    with h5py.File(DIGITS, "r") as data:
        inputs = torch.from_numpy(data["train/inputs"][:]).to(dtype) / 16
        targets = torch.from_numpy(data["train/targets"][:]).long()
    losses = []
    for rows in order:
        loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def write(path, make, make_optimizer, batch_size):
    with h5py.File(DIGITS, "r") as data:
        order = batches(len(data["train/inputs"]), batch_size, torch.Generator().manual_seed(SEED))

    def losses_in(dtype):
        torch.manual_seed(SEED)
        model, layers = make()
        initial = {name: in_keras_layout(layer) for name, layer in layers.items()}
        model.to(dtype)
        return initial, train(model, make_optimizer(model.parameters()), order, dtype)

    initial, losses = losses_in(torch.float32)
    _, exact = losses_in(torch.float64)
    deviation = max(abs(a - b) / b for a, b in zip(losses, exact))

    padded = torch.full((STEPS, batch_size), -1, dtype=torch.int32)
    for step, rows in enumerate(order):
        padded[step, : len(rows)] = rows

    packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "track_times": False}
    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs["torch_version"] = str(torch.__version__)
        file.attrs["command"] = "python3 Tests/Peers/torch_parity.py Tests/EngineTests/Fixtures"
        file.attrs["float64_deviation"] = deviation
        for name, (kernel, bias) in initial.items():
            file.create_dataset(f"initial/{name}/kernel", data=kernel, **packed)
            file.create_dataset(f"initial/{name}/bias", data=bias, **packed)
        file.create_dataset("order", data=padded.numpy(), **packed)
        file.create_dataset("loss", data=losses, dtype="float64", **packed)
    print(f"{path}: loss {losses[0]:.4f} to {losses[-1]:.4f}, within {deviation:.0e} of float64")


def main(out_dir):
    # So that another machine's number of cores makes no other sums.
    torch.set_num_threads(1)
    folder = Path(out_dir)
    write(folder / "torch-digits-mlp.h5", mlp, adam, batch_size=32)
    write(folder / "torch-digits-cnn.h5", cnn, sgd(0.005), batch_size=64)
    write(folder / "torch-digits-cnn-smooth.h5", smooth_cnn, sgd(0.05), batch_size=64)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
