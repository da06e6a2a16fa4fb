#!/usr/bin/env python3
"""Compare Stormo's training speed with PyTorch's, JAX's and Keras's, and print the tables as Markdown.

    python3 Tests/Peers/compare.py [--threads 1,2] [--rounds 3] [--seconds 5] [--json FILE]

Makes a Python environment for the peers in Tests/Peers/.work/venv and builds Stormo in release mode; --python PATH
and --stormo PATH take what is there already. Then each workload runs in rounds: with each number of threads Stormo
and each peer once in turn, --seconds each, bound to the same cores. The median of the rounds counts. Run
it on a machine that does nothing else. The tables go to the standard output, progress and errors to the standard
error; --json keeps every single figure. Exit status 1 if a run failed; its cell is then a dash.

Peak memory is the kernel's maximum resident size of a process. It cannot come out below this script's own size,
about 20 MB, which is why the script imports nothing large.
"""

import argparse
import datetime
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workloads

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
WORKLOADS = ["digits-mlp", "mlp-small", "mlp-large", "cnn"]
# The name in tables, the script, its options. JAX's epoch in one program is shown in a column of its own: its unit
# is no longer the step that all others take.
PEERS = {
    "PyTorch": ["bench_torch.py"],
    "JAX": ["bench_jax.py"],
    "Keras": ["bench_keras.py"],
    "JAX scan": ["bench_jax.py", "--scan"],
}


def main():
    options = arguments()
    python = options.python or make_environment()
    stormo = options.stormo or build_stormo()
    call([python, FOLDER / "workloads.py"])
    # What takes seconds goes before what takes minutes, so that a broken set-up shows at once.
    peak = memory(stormo, options.threads) if "cnn" in options.workloads else []
    start = start_up(python, stormo) if "digits-mlp" in options.workloads else {}
    runs = list(speed(options, python, stormo))
    record = {
        "date": datetime.date.today().isoformat(),
        "command": " ".join(["python3", *sys.argv]),
        "machine": machine(),
        "versions": versions(stormo, runs),
        "runs": runs,
        "memory": peak,
        "start_up": start,
    }
    if options.json:
        Path(options.json).write_text(json.dumps(record, indent=2) + "\n")
    print(markdown(options, record))
    return 1 if any(run["samples_per_second"] is None for run in runs) else 0


def arguments():
    parser = argparse.ArgumentParser(description="Compare Stormo's training speed with its peers'.")
    numbers = lambda text: [int(part) for part in text.split(",")]
    names = lambda text: text.split(",")
    parser.add_argument("--threads", type=numbers, default=[1, 2], help="numbers of threads (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts (default: 3)")
    parser.add_argument("--seconds", type=float, default=5, help="seconds that a run is timed for (default: 5)")
    parser.add_argument("--workloads", type=names, default=WORKLOADS, help="some of " + ",".join(WORKLOADS))
    parser.add_argument("--python", help="a Python that has the peers, instead of making one")
    parser.add_argument("--stormo", help="a stormo command, instead of building one")
    parser.add_argument("--json", metavar="FILE", help="write every figure to this file")
    options = parser.parse_args()
    unknown = sorted(set(options.workloads) - set(WORKLOADS))
    if unknown:
        parser.error(f"no workload '{unknown[0]}'; known are {', '.join(WORKLOADS)}")
    cores = len(workloads.physical_cores())
    if not all(1 <= threads <= cores for threads in options.threads):
        parser.error(f"--threads must be numbers from 1 to {cores}, the cores that this process may use")
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be positive")
    # Commands run in the repository's root.
    for key in ["python", "stormo"]:
        if "/" in (getattr(options, key) or ""):
            setattr(options, key, os.path.abspath(getattr(options, key)))
    return options


# Setting up


def call(command):
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr, cwd=ROOT)


def make_environment():
    environment = FOLDER / ".work" / "venv"
    python, complete = environment / "bin" / "python", environment / "complete"
    if not complete.exists():
        call([sys.executable, "-m", "venv", environment])
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        call([*install, "numpy", "h5py", "jax", "keras", "tensorflow-cpu"])
        try:
            call([*install, "torch==2.13.0+cpu"])
        except subprocess.CalledProcessError:
            print("No CPU build of torch is offered here; taking the default one.", file=sys.stderr)
            call([*install, "torch"])
        complete.touch()
    return str(python)


def build_stormo():
    call(["swift", "build", "-c", "release", "--product", "stormo"])
    return str(ROOT / ".build" / "release" / "stormo")


# Measuring


def execute(command, threads=None):
    """Run a command on the first `threads` cores. Gives its output, wall time in seconds and peak memory in bytes."""
    allowed = os.sched_getaffinity(0)
    # The child inherits what this process is bound to when it starts.
    os.sched_setaffinity(0, workloads.physical_cores()[:threads])
    try:
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            start = time.perf_counter()
            child = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors, cwd=ROOT)
            _, status, usage = os.wait4(child.pid, 0)
            elapsed = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0), errors.seek(0)
            if child.returncode != 0:
                last = (errors.read().strip().splitlines() or ["no message"])[-1]
                raise RuntimeError(f"{' '.join(map(str, command))} ended with status {child.returncode}: {last}")
            return output.read(), elapsed, usage.ru_maxrss * 1024
    finally:
        os.sched_setaffinity(0, allowed)


def config(workload):
    return FOLDER / "workloads" / f"{workload}.json"


def bench_stormo(stormo, workload, threads, seconds):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        command = [stormo, "bench", config(workload), "--workers", threads, "--seconds", seconds, "--json", file]
        _, _, peak = execute(command, threads)
        results = json.loads(file.read_text())["results"]
    result = next(result for result in results if result["workers"] == threads)
    return {"samples_per_second": result["samples_per_second"]["median"], "peak_bytes": peak}


def bench_peer(python, peer, workload, threads, seconds):
    script, *extra = PEERS[peer]
    command = [python, FOLDER / script, *extra, workload, "--threads", threads, "--seconds", seconds]
    output, _, peak = execute(command, threads)
    return {**json.loads(output.splitlines()[-1]), "peak_bytes": peak}


def speed(options, python, stormo):
    """Every workload: rounds in which each trainer runs once with each number of threads."""
    for workload in options.workloads:
        for round, threads in itertools.product(range(options.rounds), options.threads):
            for name in ["Stormo", *PEERS]:
                if name == "JAX scan" and workload == "cnn":
                    continue  # Takes minutes a call, see bench_jax.py.
                try:
                    if name == "Stormo":
                        figures = bench_stormo(stormo, workload, threads, options.seconds)
                    else:
                        figures = bench_peer(python, name, workload, threads, options.seconds)
                    said = f"{figures['samples_per_second']:,.0f} samples/s"
                except (RuntimeError, OSError, ValueError, KeyError, IndexError, StopIteration) as error:
                    figures, said = {"samples_per_second": None}, f"failed: {error!r}"
                print(f"{workload}, round {round + 1}, threads {threads}, {name}: {said}", file=sys.stderr)
                yield {"trainer": name, "workload": workload, "threads": threads, "round": round + 1, **figures}


def train(stormo, workload, threads):
    with tempfile.TemporaryDirectory() as folder:
        output = ["--output", Path(folder) / "run", "--quiet"]
        return execute([stormo, "train", config(workload), "--workers", threads, *output], threads)


def memory(stormo, threads):
    """Peak memory of an epoch of the CNN. `stormo bench` holds more than training does, so this is a run of its own;
    the peers' benchmarks are training and nothing else."""
    return [{"threads": count, "peak_bytes": train(stormo, "cnn", count)[2]} for count in threads]


def start_up(python, stormo):
    """Wall seconds of whole processes, from start to end."""
    return {
        "stormo train, digits-mlp, 1 epoch": [train(stormo, "digits-mlp", 1)[1] for _ in range(10)],
        'python -c "import torch"': [execute([python, "-c", "import torch"], 1)[1] for _ in range(10)],
    }


def machine():
    information = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", information, re.M)
    system = os.uname()
    return {
        "cpu": model.group(1) if model else system.machine,
        "cores": len(workloads.physical_cores()),
        "system": f"{system.sysname} {system.release}",
    }


def versions(stormo, runs):
    peers = {run["peer"] for run in runs if "peer" in run}
    return [execute([stormo, "--version"])[0].splitlines()[0], *sorted(peers)]


# Reporting


def median(record, trainer, workload, threads, key="samples_per_second"):
    wanted = (trainer, workload, threads)
    runs = [run for run in record["runs"] if (run["trainer"], run["workload"], run["threads"]) == wanted]
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def ratio(value, other):
    return f"{value / other:.2f}×" if value and other else "–"


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(options, record):
    """The tables, as they stand in the README."""
    machine, several = record["machine"], len(options.threads) > 1
    rounds = "One round" if options.rounds == 1 else f"Medians of {options.rounds} rounds"
    parts = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}; {record['date']}; "
        f"{', '.join(record['versions'])}; `{record['command']}`. {rounds}."
    ]
    step_peers = [peer for peer in PEERS if peer != "JAX scan"]
    for threads in options.threads:
        rows = []
        for workload in options.workloads:
            values = {name: median(record, name, workload, threads) for name in ["Stormo", *PEERS]}
            best = max((values[peer] or 0 for peer in step_peers), default=0)
            cells = [f"{value:,.0f}" if value else "–" for value in values.values()]
            scan = ratio(values["Stormo"], values["JAX scan"])
            rows.append([workload, *cells[:-1], ratio(values["Stormo"], best), cells[-1], scan])
        head = ["workload", "Stormo", *step_peers, "Stormo to the best"]
        head += ["JAX, an epoch in one program", "Stormo to that"]
        plural = "thread" if threads == 1 else "threads"
        parts += [f"**Samples per second, {threads} {plural}**", table(head, rows)]
    if several and options.threads[0] == 1:
        rows = []
        for workload in options.workloads:
            one = median(record, "Stormo", workload, 1)
            more = [ratio(median(record, "Stormo", workload, threads), one) for threads in options.threads[1:]]
            rows.append([workload, *more])
        parts += ["**Stormo to its own 1 worker**"]
        parts += [table(["workload", *(f"{threads} workers" for threads in options.threads[1:])], rows)]
    if record["memory"]:
        rows = []
        for figure in record["memory"]:
            peers = {peer: median(record, peer, "cnn", figure["threads"], "peak_bytes") for peer in step_peers}
            cells = [f"{size / 1e6:,.0f} MB" if size else "–" for size in [figure["peak_bytes"], *peers.values()]]
            rows.append([str(figure["threads"]), *cells, ratio(peers["PyTorch"], figure["peak_bytes"])])
        head = ["threads", "Stormo", *step_peers, "PyTorch to Stormo"]
        parts += ["**Peak memory of training the CNN**", table(head, rows)]
    if record["start_up"]:
        rows = [
            [f"`{what}`", f"{statistics.median(times) * 1000:,.0f} ms"] for what, times in record["start_up"].items()
        ]
        parts += ["**Start to end of a process**", table(["process", "median of 10"], rows)]
    return "\n\n".join(parts)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (subprocess.CalledProcessError, RuntimeError, OSError) as error:
        sys.exit(str(error))
