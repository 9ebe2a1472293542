"""Writes model.onnx and model.json of the issue-type model. Usage: export.py MODEL_DIR VERSION TRAINED.pt LABEL …"""
import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from export import bag  # noqa: E402


def main(model_dir, version, path, *labels):
    saved = torch.load(path)
    options = saved["options"]
    bag({name: value.numpy() for name, value in saved["state"].items()}, f"{model_dir}/model.onnx")
    config = {
        "name": "earshot-issues",
        "version": version,
        "task": "issues",
        "labels": labels,
        "bag": {"file": "model.onnx", "gramBits": options["gram_bits"], "pieceBits": options["piece_bits"]},
        "temperature": 1,
        "thresholds": [0.5] * len(labels),
    }
    with open(f"{model_dir}/model.json", "w") as file:
        file.write(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
