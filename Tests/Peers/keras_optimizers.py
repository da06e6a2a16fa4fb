"""Steps Keras's optimizers in float64, as a fixture for Stormo's.

    KERAS_BACKEND=torch python3 Tests/Peers/keras_optimizers.py Tests/OptimizersTests/Fixtures/keras-optimizers.json

Each case has the optimizer as a config of Stormo's writes it, and the two parameter tensors after 1, 10 and 50 steps on
the same 50 gradients. Keras's own float32 differs from this by some 1e-5: it raises beta_2 to the step in float32.
`rates` are CosineDecay's, of runs of some epochs of four steps.

Run it again for another Keras. Needs keras and torch.
"""

import json
import sys

import keras
import numpy as np

STEPS = 50
SHAPES = [(3, 2), (4,)]
STEPS_PER_EPOCH = 5  # 10 epochs, where a case has a schedule

CASES = [
    {"type": "sgd", "learning_rate": 0.05},
    {"type": "sgd", "learning_rate": 0.05, "weight_decay": 0.1},
    {"type": "sgd", "learning_rate": 0.05, "momentum": 0.9},
    {"type": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    {"type": "sgd", "learning_rate": 0.05, "momentum": 0.5, "weight_decay": 0.2},
    {"type": "sgd", "learning_rate": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.2},
    {"type": "adam"},
    {"type": "adam", "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 0.01},
    {"type": "adam", "learning_rate": 0.02, "weight_decay": 0.3},
    {"type": "adamw", "learning_rate": 0.02},
    {"type": "adamw", "learning_rate": 0.02, "weight_decay": 0.5},
]
SCHEDULES = [
    {"type": "cosine"},
    {"type": "cosine", "warmup_epochs": 2, "final": 0.1},
]
CLIPPINGS = [{"clipvalue": 0.5}, {"clipnorm": 0.7}, {"global_clipnorm": 1.5}]


def with_schedules():
    for case in CASES:
        yield case
    for case in (CASES[3], CASES[5], CASES[6], CASES[10]):
        for schedule in SCHEDULES:
            yield case | {"schedule": schedule}
    for case in (CASES[2], CASES[9]):
        for clipping in CLIPPINGS:
            yield case | clipping
    yield CASES[5] | CLIPPINGS[1] | {"schedule": SCHEDULES[1]}


def cosine(schedule, rate, steps_per_epoch, epochs):
    warmup = round(schedule.get("warmup_epochs", 0) * steps_per_epoch)
    common = {"decay_steps": steps_per_epoch * epochs - warmup, "alpha": schedule.get("final", 0.0)}
    if warmup:
        return keras.optimizers.schedules.CosineDecay(0.0, warmup_target=rate, warmup_steps=warmup, **common)
    return keras.optimizers.schedules.CosineDecay(rate, **common)


def optimizer(case):
    case = dict(case)
    kind = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}[case.pop("type")]
    schedule = case.pop("schedule", None)
    if schedule:
        rate = case.pop("learning_rate", 0.001)
        case["learning_rate"] = cosine(schedule, rate, STEPS_PER_EPOCH, STEPS // STEPS_PER_EPOCH)
    return kind(**case)


def main(path):
    keras.config.set_floatx("float64")
    random = np.random.default_rng(5)
    # As a float32 holds them, so that both begin with the same.
    start = [random.normal(size=shape).astype("float32").astype("float64") for shape in SHAPES]
    gradients = [[random.normal(size=shape).astype("float32").astype("float64") for shape in SHAPES] for _ in range(STEPS)]

    def flat(tensors):
        return [float(number) for tensor in tensors for number in np.asarray(tensor).ravel()]

    cases = []
    for case in with_schedules():
        variables = [keras.Variable(tensor.copy(), dtype="float64", name=f"p{i}") for i, tensor in enumerate(start)]
        rule = optimizer(case)
        after = {}
        for step, gradient in enumerate(gradients, 1):
            rule.apply([keras.ops.convert_to_tensor(g, dtype="float64") for g in gradient], variables)
            if step in (1, 10, STEPS):
                after[str(step)] = flat(keras.ops.convert_to_numpy(variable) for variable in variables)
        cases.append({"optimizer": case, "after": after})
    rates = []
    for schedule in SCHEDULES + [{"type": "cosine", "warmup_epochs": 0.5}]:
        rule = cosine(schedule, 1.0, 4, 5)
        rates.append({
            "schedule": schedule, "steps_per_epoch": 4, "epochs": 5,
            "rates": [float(keras.ops.convert_to_numpy(rule(step))) for step in range(20)],
        })
    document = {
        "comment": "made by Tests/Peers/keras_optimizers.py", "keras": keras.__version__,
        "shapes": [list(shape) for shape in SHAPES], "steps_per_epoch": STEPS_PER_EPOCH,
        "start": flat(start), "gradients": [flat(gradient) for gradient in gradients], "cases": cases, "rates": rates,
    }
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(
            f"  {json.dumps(key)}: " + (
                json.dumps(value) if not isinstance(value, list) or not value or not isinstance(value[0], (list, dict))
                else "[\n    " + ",\n    ".join(json.dumps(item) for item in value) + "\n  ]")
            for key, value in document.items()) + "\n}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
