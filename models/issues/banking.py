"""How far the same architecture comes where data is plenty: a bag on Banking77's 77 intents. Usage: banking.py PREP OUT.onnx [key=value …]
PREP: what banking.mjs wrote; eval.mjs tests it, and nothing was chosen on the test questions."""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from learn import Columns
from train import columns_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from bag import Bag  # noqa: E402
from data import SEED, options, set_rate  # noqa: E402
from export import bag as export  # noqa: E402

DEFAULTS = dict(seed=SEED, gram_bits=15, piece_bits=13, dim=64, hidden=128, words=0.1, dropout=0.5, epochs=25, lr=3e-3, batch=32)


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    data = Columns(prep)
    labels = data.column("labels").astype(np.int64)
    columns = columns_of(data, o)
    model = Bag(o)
    model.out = nn.Linear(o["hidden"], int(labels.max()) + 1)
    tables = [model.grams.weight, model.pieces.weight]
    optimisers = [torch.optim.SparseAdam(tables), torch.optim.Adam([*model.hidden.parameters(), *model.out.parameters()])]
    steps, done = o["epochs"] * -(-len(labels) // o["batch"]), 0
    for _ in range(o["epochs"]):
        order = generator.permutation(len(labels))
        for i in range(0, len(order), o["batch"]):
            part = order[i : i + o["batch"]]
            set_rate(optimisers, o["lr"] * max(0.02, 1 - done / steps))
            logits = model([c.rows(part) for c in columns], generator)
            loss = F.cross_entropy(logits, torch.from_numpy(labels[part]), label_smoothing=0.1)
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            done += 1
    export({name: value.numpy() for name, value in model.state_dict().items()}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
