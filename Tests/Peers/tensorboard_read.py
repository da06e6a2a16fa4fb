#!/usr/bin/env python3
"""Prints as one line of JSON what TensorBoard reads from the event files below a folder.

    Tests/Peers/tensorboard_read.py runs/digits-mlp/tensorboard
"""
import json
import pathlib
import sys

from tensorboard.backend.event_processing import event_accumulator

found = {}
for folder in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
    events = event_accumulator.EventAccumulator(
        str(folder), size_guidance={kind: 0 for kind in ["scalars", "histograms", "images", "tensors"]})
    events.Reload()
    tags = events.Tags()
    found[folder.name] = {
        "scalars": {tag: [{"step": event.step, "value": event.value} for event in events.Scalars(tag)]
                    for tag in tags["scalars"]},
        "histograms": {
            tag: [{"step": event.step, "num": event.histogram_value.num, "min": event.histogram_value.min,
                   "max": event.histogram_value.max} for event in events.Histograms(tag)]
            for tag in tags["histograms"]},
        "images": {tag: [events.Images(tag)[-1].width, events.Images(tag)[-1].height] for tag in tags["images"]},
        "texts": {tag: events.Tensors(tag)[-1].tensor_proto.string_val[0].decode() for tag in tags["tensors"]},
    }
print(json.dumps(found))
