"""Writes the .onnx files and model.json from what training saved. Usage: export.py MODEL_DIR VERSION BAG.pt [SEQUENCE.pt …]

Graphs are written node by node, so that the same weights give the same bytes; tables are int8 with one scale each.
calibrate.mjs then fills in weights and thresholds.
"""
import json
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

tensor = helper.make_tensor_value_info


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def table(self, name, weights, ids):
        """Rows of an int8 table as floats, not yet multiplied by the scale, and the scale."""
        # Outliers are clipped: a finer step for all others is worth more.
        limit = np.quantile(np.abs(weights[np.abs(weights).sum(1) > 0]), 0.9999)
        quantised = np.clip(np.round(weights / limit * 127), -127, 127).astype(np.int8)
        rows = self.node("Gather", [self.constant(f"{name}_table", quantised), ids], f"{name}_rows", axis=0)
        scale = self.constant(f"{name}_scale", np.float32(limit / 127))
        return self.node("Cast", [rows], f"{name}_floats", to=TensorProto.FLOAT), scale

    def dense(self, x, name, weight, bias):
        return self.node("Gemm", [x, self.constant(f"{name}_weight", weight), self.constant(f"{name}_bias", bias)], name, transB=1)

    def save(self, path, inputs, outputs=3):
        output = [tensor("logits", TensorProto.FLOAT, ["texts", outputs])]
        graph = helper.make_graph(self.nodes, "earshot", inputs, output, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="earshot")
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, path)


def bag(state, path):
    """Inputs: grams, pieces int32 [texts, n] (buckets); gram_mask, piece_mask float [texts, n] (1, or 0 where padded);
    gram_norm, piece_norm float [texts, 1] (1/sqrt(count)). Output: logits float [texts, labels].
    Sums of int8 rows are whole numbers below 2^24, so they are exact in float and do not depend on padding or order."""
    g = Graph()
    axis = g.constant("axis", np.array([1], dtype=np.int64))
    inputs, pooled = [], []
    for name in ("gram", "piece"):
        inputs += [
            tensor(f"{name}s", TensorProto.INT32, ["texts", f"{name}s_n"]),
            tensor(f"{name}_mask", TensorProto.FLOAT, ["texts", f"{name}s_n"]),
            tensor(f"{name}_norm", TensorProto.FLOAT, ["texts", 1]),
        ]
        rows, scale = g.table(name, state[f"{name}s.weight"], f"{name}s")
        mask = g.node("Unsqueeze", [f"{name}_mask", axis], f"{name}_rows_mask")
        flat = g.node("Squeeze", [g.node("MatMul", [mask, rows], f"{name}_summed"), axis], f"{name}_flat")
        factor = g.node("Mul", [f"{name}_norm", scale], f"{name}_factor")
        pooled.append(g.node("Mul", [flat, factor], f"{name}_pooled"))
    x = g.node("Concat", pooled, "pooled", axis=1)
    x = g.node("Relu", [g.dense(x, "hidden", state["hidden.weight"], state["hidden.bias"])], "hidden_relu")
    g.dense(x, "logits", state["out.weight"], state["out.bias"])
    g.save(path, inputs, len(state["out.bias"]))


def sequence(state, path):
    """Inputs: ids and, if it has them, pairs int32 [texts, n], unpadded. Output: logits float [texts, 3]."""
    g = Graph()
    parts = []
    sources = [("embed", "ids"), ("pair", "pairs")] if "pair.weight" in state else [("embed", "ids")]
    for name, ids in sources:
        rows, scale = g.table(name, state[f"{name}.weight"], ids)
        parts.append(g.node("Mul", [rows, scale], f"{name}_scaled"))
    x = g.node("Concat", parts, "embedded", axis=2)
    x = g.node("Transpose", [x], "channels", perm=[0, 2, 1])
    pooled = []
    for i in range(sum(1 for name in state if name.startswith("convs") and name.endswith("weight"))):
        weight = state[f"convs.{i}.weight"]
        pad = weight.shape[2] // 2
        names = [x, g.constant(f"conv{i}_weight", weight), g.constant(f"conv{i}_bias", state[f"convs.{i}.bias"])]
        y = g.node("Conv", names, f"conv{i}", kernel_shape=[weight.shape[2]], pads=[pad, pad])
        pooled.append(g.node("ReduceMax", [g.node("Relu", [y], f"relu{i}")], f"max{i}", axes=[2], keepdims=0))
    g.dense(g.node("Concat", pooled, "pooled", axis=1), "logits", state["out.weight"], state["out.bias"])
    g.save(path, [tensor(name, TensorProto.INT32, ["texts", "n"]) for _, name in sources], len(state["out.bias"]))


def main(model_dir, version, bag_path, *sequence_paths):
    arrays = lambda state: {name: value.numpy() for name, value in state.items()}
    saved = torch.load(bag_path)
    bag(arrays(saved["state"]), f"{model_dir}/model.onnx")
    bits = saved["options"]
    vocabularies, sequences = [], []
    for i, path in enumerate(sequence_paths, 1):
        saved = torch.load(path)
        options = saved["options"]
        sequence(arrays(saved["state"]), f"{model_dir}/sequence-{i}.onnx")
        # Networks with the same vocabulary share its file.
        words = saved["vocabulary"].astype("<i4")
        known = [j for j, other in enumerate(vocabularies, 1) if np.array_equal(other, words)]
        if not known:
            vocabularies.append(words)
            words.tofile(f"{model_dir}/vocabulary-{len(vocabularies)}.i32")
        sequences.append({
            "file": f"sequence-{i}.onnx", "vocabulary": f"vocabulary-{(known or [len(vocabularies)])[0]}.i32",
            "outsideBits": options["outside_bits"], "pairBits": options["pair_bits"] if options["pair"] > 0 else 0,
            "head": options["head"], "tail": options["tail"],
        })
    config = {
        "name": "earshot-sentiment",
        "version": version,
        "task": "sentiment",
        "labels": ["negative", "neutral", "positive"],
        "bag": {"file": "model.onnx", "gramBits": bits["gram_bits"], "pieceBits": bits["piece_bits"]},
        "bagTemperature": 1,
        "sequences": sequences,
        "sure": 1.1,
        "weights": [1] + [1] * len(sequences),
        "strong": {"negative": -0.9, "positive": 0.9},
        # Run beside it.
        "issues": "../issues",
    }
    with open(f"{model_dir}/model.json", "w") as file:
        file.write(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
