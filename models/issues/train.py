"""Trains the bag of the issue-type model. Usage: train.py PREP OUT.pt [teacher=FILE] [key=value …]; teacher: what teach.py wrote."""
import os
import sys

import numpy as np
import torch
from torch import nn

from learn import COUNT, Columns, Lessons, learn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from bag import Bag, Ragged  # noqa: E402
from data import SEED, options  # noqa: E402

DEFAULTS = dict(seed=SEED, gram_bits=16, piece_bits=14, dim=64, hidden=128, batch=64, words=0.3, dropout=0.3, weak_epochs=2,
                hand_epochs=7, lr=2e-3, hand_lr=1e-3, weak_weight=0.3, others=1.0, average=1, teacher="")


class Issues(Bag):
    def __init__(self, o):
        super().__init__(o)
        self.out = nn.Linear(o["hidden"], COUNT)


def columns_of(data, o):
    return [Ragged(data, "grams", o["gram_bits"]), Ragged(data, "pieces", o["piece_bits"])]


@torch.no_grad()
def predict(model, columns, index):
    model.eval()
    parts = [index[i : i + 256] for i in range(0, len(index), 256)]
    return np.concatenate([model([c.rows(p) for c in columns]).numpy() for p in parts])


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    data = Columns(prep)
    columns = columns_of(data, o)
    model = Issues(o)

    def parts(_, picked):
        order = generator.permutation(picked)
        return [order[i : i + o["batch"]] for i in range(0, len(order), o["batch"])]

    learn(model, [model.grams.weight, model.pieces.weight], Lessons(data, o["weak_weight"], o["teacher"]), o, generator, parts,
          lambda part: model([c.rows(part) for c in columns], generator),
          lambda index: predict(model, columns, index))
    torch.save({"state": model.state_dict(), "options": o}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
