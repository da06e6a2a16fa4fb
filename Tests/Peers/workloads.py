"""What the peers' benchmarks share: the workloads, their data, the clock.

    python3 Tests/Peers/workloads.py        write the synthetic data set, Tests/Peers/.work/synthetic.h5

The workloads are Stormo's own configs in workloads/, and every peer builds its model from the same file: layers,
batch size, learning rate, data. Needs numpy and h5py.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SYNTHETIC = FOLDER / ".work" / "synthetic.h5"


class Workload:
    """A config's layers, batch size and learning rate; its data as `images`, float32 NHWC in 0...1, and `labels`."""

    def __init__(self, name):
        import h5py
        import numpy as np

        path = FOLDER / "workloads" / f"{name}.json"
        config = json.loads(path.read_text())
        self.layers = config["model"]["layers"]
        self.batch_size = config["training"]["batch_size"]
        self.learning_rate = config["optimizer"]["learning_rate"]
        source = config["data"]["train"]
        with h5py.File(path.parent / source["file"], "r") as file:
            images, self.labels = file[source["inputs"]][:], file[source["targets"]][:].astype("int32")
        # "scale" in the config: divided by the greatest value, which is 16 for the digits and 255 for the others.
        self.images = images.astype("float32") / np.float32(images.max())
        # Whole batches only: a last short one would cost the compiled peers a second program.
        self.steps_per_epoch = len(images) // self.batch_size


def write_synthetic():
    """6,000 images of 28x28x1 noise with ten labels. Each image occurs twice, with labels drawn apart, so that the
    loss cannot reach zero: gradients stay ordinary numbers however often a long window repeats the data."""
    import h5py
    import numpy as np

    random = np.random.default_rng(1)
    images = random.integers(0, 256, (3000, 28, 28, 1), dtype="uint8").repeat(2, axis=0)
    labels = random.integers(0, 10, 6000, dtype="uint8")
    SYNTHETIC.parent.mkdir(exist_ok=True)
    with h5py.File(SYNTHETIC, "w") as file:
        file["train/inputs"] = images
        file["train/targets"] = labels


def arguments():
    """The command line of a benchmark: WORKLOAD --threads N --seconds S. Binds the process to N cores and limits the
    thread pools that read the environment, so call it before a framework is imported."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=["digits-mlp", "mlp-small", "mlp-large", "cnn"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    cores = physical_cores()
    if not 1 <= options.threads <= len(cores):
        sys.exit(f"--threads is {options.threads}, but this process may use {len(cores)} cores.")
    os.sched_setaffinity(0, cores[: options.threads])
    for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"]:
        os.environ[name] = str(options.threads)
    return options


def physical_cores():
    """One CPU of each core that this process may use."""
    cores = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        cores.setdefault(siblings.read_text() if siblings.exists() else cpu, cpu)
    return list(cores.values())


def measure(peer, options, workload, steps, loss):
    """Time training and print the line of JSON.

    `steps` is an endless iterator; each `next` makes or starts some training steps and gives their number. `loss()`
    gives the last step's loss as a number, which waits for whatever is still running.
    """
    warm_up = time.perf_counter() + min(2.0, options.seconds)
    next(steps)
    next(steps)
    loss()
    while time.perf_counter() < warm_up:
        next(steps)
    loss()

    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < options.seconds:
        count += next(steps)
    last_loss = loss()
    elapsed = time.perf_counter() - start
    print(
        json.dumps(
            {
                "peer": peer,
                "workload": options.workload,
                "threads": options.threads,
                "samples_per_second": count * workload.batch_size / elapsed,
                "steps": count,
                "seconds": elapsed,
                "loss": last_loss,
            }
        )
    )


if __name__ == "__main__":
    write_synthetic()
    print(SYNTHETIC)
