"""Writes the .onnx files and model.json from what training saved. Usage: export.py MODEL_DIR VERSION BAG.pt LINEAR.npz [SEQUENCE.pt …]

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


STEPS = 8191
# Of the linear member's logits, what counts in a text of Latin words: with one weight for all, it would say too much there,
# where it is the weakest, and too little in Chinese. Chosen on the dev files.
LATIN = 0.5


def linear(state, path):
    """Inputs and exactness as the bag's, but features are distinct and the norms not looked at. Output: logits float [texts, 3].
    How Latin a text is, pieces against n-grams tell: none in Chinese, at least as many in English."""
    g = Graph()
    axis, small = g.constant("axis", np.array([1], dtype=np.int64)), g.constant("small", np.float32(1e-6))
    inputs, sums = [], []
    for name in ("gram", "piece"):
        inputs += [
            tensor(f"{name}s", TensorProto.INT32, ["texts", f"{name}s_n"]),
            tensor(f"{name}_mask", TensorProto.FLOAT, ["texts", f"{name}s_n"]),
            tensor(f"{name}_norm", TensorProto.FLOAT, ["texts", 1]),
        ]
        table = state[f"{name}s"]
        # Many small weights count together: 14 bits, of which 1,536 sum to less than 2^24, exactly.
        limits = np.array([np.quantile(np.abs(column[column != 0]), 0.99999) for column in table.T], dtype=np.float32)
        quantised = np.clip(np.round(table / limits * STEPS), -STEPS, STEPS).astype(np.int16)
        rows = g.node("Gather", [g.constant(f"{name}_table", quantised), f"{name}s"], f"{name}_rows", axis=0)
        rows = g.node("Cast", [rows], f"{name}_floats", to=TensorProto.FLOAT)
        mask = g.node("Unsqueeze", [f"{name}_mask", axis], f"{name}_rows_mask")
        flat = g.node("Squeeze", [g.node("MatMul", [mask, rows], f"{name}_summed"), axis], f"{name}_flat")
        scaled = g.node("Mul", [flat, g.constant(f"{name}_scale", limits / STEPS)], f"{name}_scaled")
        two = [g.constant(f"{name}_{part}", np.array([at], dtype=np.int64)) for part, at in (("from", 0), ("middle", 2), ("end", 4))]
        top = g.node("Slice", [scaled, two[0], two[1], axis], f"{name}_top")
        squares = g.node("Slice", [scaled, two[1], two[2], axis], f"{name}_squares")
        length = g.node("Sqrt", [g.node("Max", [squares, small], f"{name}_least")], f"{name}_length")
        sums.append(g.node("Div", [top, length], f"{name}_sum"))
    x = g.node("Add", sums, "sum")
    spread = np.array([[-1, 0], [0, 1], [1, 0]], dtype=np.float32)
    x = g.dense(x, "full", spread, spread @ state["bias"])
    one = g.constant("one", np.float32(1))
    pieces, grams = (g.node("ReduceSum", [f"{name}_mask", axis], f"{name}s_count", keepdims=1) for name in ("piece", "gram"))
    latin = g.node("Min", [g.node("Div", [pieces, g.node("Max", [grams, one], "grams_least")], "pieces_a_gram"), one], "latin")
    less = g.node("Mul", [latin, g.constant("latin_less", np.float32(1 - LATIN))], "less")
    g.node("Mul", [x, g.node("Sub", [one, less], "factor")], "logits")
    g.save(path, inputs)


# Tokens that the engine reads of a longer text, at its beginning and its end: fewer than in training. On the dev files that
# costs nothing, and it halves the time of long texts.
READ = {"head": 48, "tail": 32}


def sequence(state, path):
    """Inputs: ids and, if it has them, pairs int32 [1, n], unpadded. Output: logits float [1, labels]."""
    g = Graph()
    parts = []
    sources = [("embed", "ids"), ("pair", "pairs")] if "pair.weight" in state else [("embed", "ids")]
    for name, ids in sources:
        rows, scale = g.table(name, state[f"{name}.weight"], ids)
        parts.append(g.node("Mul", [rows, scale], f"{name}_scaled"))
    x = g.node("Concat", parts, "embedded", axis=2) if len(parts) > 1 else parts[0]
    pooled = recurrent(g, x, state) if "gru.weight_ih_l0" in state else convolutions(g, x, state)
    g.dense(g.node("Concat", pooled, "pooled", axis=1), "logits", state["out.weight"], state["out.bias"])
    g.save(path, [tensor(name, TensorProto.INT32, ["texts", "n"]) for _, name in sources], len(state["out.bias"]))


def convolutions(g, x, state):
    x = g.node("Transpose", [x], "channels", perm=[0, 2, 1])
    pooled = []
    for i in range(sum(1 for name in state if name.startswith("convs") and name.endswith("weight"))):
        weight = state[f"convs.{i}.weight"]
        pad = weight.shape[2] // 2
        names = [x, g.constant(f"conv{i}_weight", weight), g.constant(f"conv{i}_bias", state[f"convs.{i}.bias"])]
        y = g.node("Conv", names, f"conv{i}", kernel_shape=[weight.shape[2]], pads=[pad, pad])
        pooled.append(g.node("ReduceMax", [g.node("Relu", [y], f"relu{i}")], f"max{i}", axes=[2], keepdims=0))
    return pooled


def recurrent(g, x, state):
    """Both directions; the maximum over the text, and its mean weighed by attention."""
    width = state["gru.weight_hh_l0"].shape[1]
    # ONNX has the gates in another order: update, reset, new.
    turned = lambda name: np.stack([np.concatenate([value[width : 2 * width], value[:width], value[2 * width :]])
                                    for value in (state[f"gru.{name}_l0"], state[f"gru.{name}_l0_reverse"])])
    x = g.node("Transpose", [x], "steps", perm=[1, 0, 2])
    names = [x, g.constant("gru_w", turned("weight_ih")), g.constant("gru_r", turned("weight_hh")),
             g.constant("gru_b", np.concatenate([turned("bias_ih"), turned("bias_hh")], 1))]
    y = g.node("GRU", names, "gru", direction="bidirectional", hidden_size=width, linear_before_reset=1)
    y = g.node("Transpose", [y], "states", perm=[2, 0, 1, 3])
    y = g.node("Reshape", [y, g.constant("shape", np.array([0, 0, 2 * width], dtype=np.int64))], "both")
    weight = g.node("MatMul", [y, g.constant("score_weight", state["score.weight"].T)], "scores")
    weight = g.node("Softmax", [weight], "attention", axis=1)
    axis = g.constant("axis", np.array([1], dtype=np.int64))
    mean = g.node("ReduceSum", [g.node("Mul", [y, weight], "weighed"), axis], "mean", keepdims=0)
    return [g.node("ReduceMax", [y], "max", axes=[1], keepdims=0), mean]


def main(model_dir, version, bag_path, linear_path, *sequence_paths):
    arrays = lambda state: {name: value.numpy() for name, value in state.items()}
    saved = torch.load(bag_path)
    bag(arrays(saved["state"]), f"{model_dir}/model.onnx")
    bits = saved["options"]
    straight = np.load(linear_path)
    linear(straight, f"{model_dir}/linear.onnx")
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
            "outsideBits": options["outside_bits"], "pairBits": 0,
            **{part: min(most, options[part]) for part, most in READ.items()},
        })
    config = {
        "name": "earshot-sentiment",
        "version": version,
        "task": "sentiment",
        "labels": ["negative", "neutral", "positive"],
        "bag": {"file": "model.onnx", "gramBits": bits["gram_bits"], "pieceBits": bits["piece_bits"]},
        "linear": {"file": "linear.onnx", "gramBits": int(straight["bits"]), "pieceBits": int(straight["bits"]), "distinct": True},
        "quick": [0.5, 0.5],
        "sequences": sequences,
        "sure": 1.1,
        "weights": [1, 1] + [1] * len(sequences),
        "strong": {"negative": -0.9, "positive": 0.9},
        # Run beside it.
        "issues": "../issues",
    }
    with open(f"{model_dir}/model.json", "w") as file:
        file.write(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
