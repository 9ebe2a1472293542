"""Writes model.onnx from what train.py saved. Usage: export.py TRAINED MODEL_DIR VERSION

The graph is written node by node, so that the same weights give the same bytes. Tables are int8 with one scale each.
Inputs: grams, pieces int32 [texts, n] (buckets); gram_mask, piece_mask float [texts, n] (1, or 0 where padded);
gram_norm, piece_norm float [texts, 1] (1/sqrt(count)). Output: logits float [texts, 3].
Sums of int8 rows are whole numbers below 2^24, so they are exact in float and do not depend on padding or order.
"""
import json
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from train import DOMAINS, GRAM_BITS, PIECE_BITS


def main(trained, model_dir, version):
    state = {k: v.numpy() for k, v in torch.load(f"{trained}/bag.pt").items()}
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(value, name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    axis = constant("axis", np.array([1], dtype=np.int64))

    def pooled(name, table):
        # Outliers are clipped: a finer step for all others is worth more.
        limit = np.quantile(np.abs(table[np.abs(table).sum(1) > 0]), 0.9999)
        quantised = np.clip(np.round(table / limit * 127), -127, 127).astype(np.int8)
        rows = node("Gather", [constant(f"{name}_table", quantised), f"{name}s"], f"{name}_rows", axis=0)
        rows = node("Cast", [rows], f"{name}_floats", to=TensorProto.FLOAT)
        mask = node("Unsqueeze", [f"{name}_mask", axis], f"{name}_rows_mask")
        summed = node("MatMul", [mask, rows], f"{name}_summed")
        flat = node("Squeeze", [summed, axis], f"{name}_flat")
        norm = node("Mul", [f"{name}_norm", constant(f"{name}_scale", np.float32(limit / 127))], f"{name}_factor")
        return node("Mul", [flat, norm], f"{name}_pooled")

    x = node("Concat", [pooled("gram", state["grams.weight"]), pooled("piece", state["pieces.weight"])], "pooled", axis=1)
    for layer, last in (("hidden", False), ("out", True)):
        weight = constant(f"{layer}_weight", state[f"{layer}.weight"])
        bias = constant(f"{layer}_bias", state[f"{layer}.bias"])
        x = node("Gemm", [x, weight, bias], "logits" if last else layer, transB=1)
        if not last:
            x = node("Relu", [x], f"{layer}_relu")
    tensor = helper.make_tensor_value_info
    inputs = [
        field
        for name in ("gram", "piece")
        for field in (
            tensor(f"{name}s", TensorProto.INT32, ["texts", f"{name}s_n"]),
            tensor(f"{name}_mask", TensorProto.FLOAT, ["texts", f"{name}s_n"]),
            tensor(f"{name}_norm", TensorProto.FLOAT, ["texts", 1]),
        )
    ]
    graph = helper.make_graph(nodes, "sentiment", inputs, [tensor("logits", TensorProto.FLOAT, ["texts", 3])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="earshot")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, f"{model_dir}/model.onnx")
    with open(f"{trained}/temperature.json") as file:
        temperature = json.load(file)["temperature"]
    config = {
        "name": "earshot-sentiment",
        "version": version,
        "task": "sentiment",
        "labels": ["negative", "neutral", "positive"],
        "features": {"gramBits": GRAM_BITS, "pieceBits": PIECE_BITS},
        "temperature": temperature,
        # Score (P(positive) − P(negative)) from which on a sentiment counts as strong.
        "strong": {"negative": -0.9, "positive": 0.9},
        "trainedOn": DOMAINS,
    }
    with open(f"{model_dir}/model.json", "w") as file:
        file.write(json.dumps(config, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
