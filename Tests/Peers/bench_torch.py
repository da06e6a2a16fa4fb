"""Training speed of PyTorch, eager.

    python3 Tests/Peers/bench_torch.py WORKLOAD [--threads N] [--seconds S]

Prints one line of JSON. The choices, as fast as any that were tried:
- Data: one float32 tensor in memory; an epoch is torch.randperm, a batch is index_select. No DataLoader.
- zero_grad(set_to_none=True), Adam(fused=True).
- The CNN's weights and activations are channels last.
- torch.set_num_threads(N), on N cores; denormals are flushed to zero.
Needs torch, numpy and h5py.
"""

import workloads

options = workloads.arguments()

import torch
from torch import nn

torch.set_num_threads(options.threads)
torch.set_flush_denormal(True)


def build(layers, shape):
    """The config's layers as modules, for channels-first images of `shape`."""
    channels, height, width = shape
    modules, features = [], channels * height * width
    for layer in layers:
        kind = layer["type"]
        if kind == "conv2d":
            modules.append(nn.Conv2d(channels, layer["filters"], layer["kernel_size"], padding=layer["padding"]))
            channels = layer["filters"]
        elif kind == "max_pooling2d":
            modules.append(nn.MaxPool2d(layer["pool_size"]))
            height, width = height // layer["pool_size"], width // layer["pool_size"]
        elif kind == "flatten":
            modules.append(nn.Flatten())
            features = channels * height * width
        elif kind == "dense":
            modules.append(nn.Linear(features, layer["units"]))
            features = layer["units"]
        else:
            raise ValueError(f"No layer of type '{kind}' here.")
        if layer.get("activation") == "relu":
            modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules)


def steps():
    global loss
    while True:
        order = torch.randperm(len(images))[: workload.steps_per_epoch * workload.batch_size]
        for rows in order.split(workload.batch_size):
            optimizer.zero_grad(set_to_none=True)
            loss = criterion(model(images.index_select(0, rows)), labels.index_select(0, rows))
            loss.backward()
            optimizer.step()
            yield 1


workload = workloads.Workload(options.workload)
torch.manual_seed(1)
images = torch.from_numpy(workload.images).permute(0, 3, 1, 2).contiguous()
labels = torch.from_numpy(workload.labels).long()
model = build(workload.layers, images.shape[1:])
if any(layer["type"] == "conv2d" for layer in workload.layers):
    model = model.to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=workload.learning_rate, fused=True)
loss = None
workloads.measure(f"PyTorch {torch.__version__.split('+')[0]}", options, workload, steps(), lambda: loss.item())
