"""How far the same architecture comes where data is plenty: a bag and two convolutional networks on Banking77's intents.
Usage: banking.py PREP [vectors=FILE] [key=value …]; PREP: what banking.mjs wrote. Nothing is chosen on the test texts."""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from network import Network, Texts, initialise
from train import Columns

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from bag import Bag, Ragged  # noqa: E402
from data import SEED, options, set_rate  # noqa: E402

DEFAULTS = dict(seed=SEED, dim=96, pair=96, pair_bits=17, width=160, kernels=4, vocab=8000, outside_bits=8, head=128, tail=64,
                words=0.1, dropout=0.5, masked=1, tokens=6144, vectors="", epochs=25, lr=1e-3, batch=32,
                gram_bits=16, piece_bits=14, hidden=128, bag_dim=96, bag_epochs=25, bag_lr=3e-3)


def fit(model, rows, labels, train, o, epochs, lr, generator):
    sparse = [m.weight for m in model.modules() if isinstance(m, nn.Embedding)]
    dense = [p for p in model.parameters() if all(p is not s for s in sparse)]
    optimisers = [torch.optim.SparseAdam(sparse), torch.optim.Adam(dense)]
    total, done = epochs * (len(train) // o["batch"] + 1), 0
    for _ in range(epochs):
        model.train()
        order = generator.permutation(train)
        for i in range(0, len(order), o["batch"]):
            part = order[i : i + o["batch"]]
            set_rate(optimisers, lr * max(0.02, 1 - done / total))
            loss = F.cross_entropy(model(*rows(part, generator)), torch.from_numpy(labels[part]), label_smoothing=0.1)
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            done += 1


@torch.no_grad()
def predict(model, rows, index):
    model.eval()
    parts = [index[i : i + 64] for i in range(0, len(index), 64)]
    return torch.log_softmax(torch.cat([model(*rows(p, None)) for p in parts]), 1).numpy()


def main(prep, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    data = Columns(prep)
    labels, kinds = data.column("labels").astype(np.int64), data.column("kinds")
    train, test = np.flatnonzero(kinds == 0), np.flatnonzero(kinds == 1)
    count = int(labels.max()) + 1
    texts = Texts(data, o)
    columns = [Ragged(data, "grams", o["gram_bits"]), Ragged(data, "pieces", o["piece_bits"])]
    total = 0
    for name in ("bag", "network 1", "network 2"):
        generator = np.random.default_rng(o["seed"] + len(name) + ord(name[-1]))
        torch.manual_seed(o["seed"] + ord(name[-1]))
        if name == "bag":
            model = Bag({**o, "dim": o["bag_dim"]})
            model.out = nn.Linear(o["hidden"], count)
            rows = lambda part, g: ([c.rows(part) for c in columns], g)
            fit(model, rows, labels, train, o, o["bag_epochs"], o["bag_lr"], generator)
        else:
            model = Network(o)
            model.out = nn.Linear(o["width"] * o["kernels"], count)
            if o["vectors"]:
                initialise(model, texts, o["vectors"])
            rows = lambda part, g: (texts.rows(part),)
            fit(model, rows, labels, train, o, o["epochs"], o["lr"], generator)
        scores = predict(model, rows, test)
        total = total + scores
        print(name, round(100 * float(np.mean(scores.argmax(1) == labels[test])), 1), flush=True)
    print("together", round(100 * float(np.mean(total.argmax(1) == labels[test])), 1), "of", len(test))


if __name__ == "__main__":
    main(*sys.argv[1:])
