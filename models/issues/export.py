"""Writes the .onnx files and model.json of the issue-type model. Usage: export.py MODEL_DIR VERSION BAG.pt SEQUENCE.pt … -- LABEL …
calibrate.mjs then fills in weights and thresholds."""
import json
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from export import bag, sequence  # noqa: E402


# Tokens that the engine reads of a longer text, at its beginning and its end: fewer than in training, in less time.
READ = {"head": 88, "tail": 40}


def arrays(state):
    return {name: value.numpy() for name, value in state.items()}


def main(model_dir, version, bag_path, *rest):
    cut = rest.index("--")
    paths, labels = rest[:cut], rest[cut + 1 :]
    saved = torch.load(bag_path)
    bits = saved["options"]
    bag(arrays(saved["state"]), f"{model_dir}/model.onnx")
    sequences = []
    for i, path in enumerate(paths, 1):
        saved = torch.load(path)
        options = saved["options"]
        sequence(arrays(saved["state"]), f"{model_dir}/sequence-{i}.onnx")
        saved["vocabulary"].astype("<i4").tofile(f"{model_dir}/vocabulary-{i}.i32")
        sequences.append({
            "file": f"sequence-{i}.onnx", "vocabulary": f"vocabulary-{i}.i32", "outsideBits": options["outside_bits"],
            "pairBits": options["pair_bits"] if options["pair"] > 0 else 0,
            **{part: min(most, options[part]) for part, most in READ.items()},
        })
    config = {
        "name": "earshot-issues",
        "version": version,
        "task": "issues",
        "labels": labels,
        "bag": {"file": "model.onnx", "gramBits": bits["gram_bits"], "pieceBits": bits["piece_bits"]},
        "bagTemperature": 1,
        "sequences": sequences,
        "clear": {"low": 0, "high": 1},
        "weights": [1] + [1] * len(sequences),
        "thresholds": [0.5] * len(labels),
        "routes": [2] * len(labels),
    }
    with open(f"{model_dir}/model.json", "w") as file:
        file.write(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
