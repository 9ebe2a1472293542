"""Trains the bag of n-grams. Usage: bag.py PREP OUT.pt [key=value …]"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import BUCKET_BITS, SEED, Split, loss_of, options, report, set_rate

DEFAULTS = dict(seed=SEED, gram_bits=18, piece_bits=16, dim=48, hidden=64, epochs=3, batch=128, lr=2e-3, words=0.2, dropout=0.3,
                power=0.75, balance=0.5)


class Ragged:
    """A column with any number of values a text."""

    def __init__(self, split, name, bits):
        self.values = split.column(name) >> (BUCKET_BITS - bits)
        self.ends = split.column(f"{name}-ends")

    def rows(self, index):
        """Values of these texts one after the other, where each begins, and how many it has."""
        parts = [self.values[self.ends[i] : self.ends[i + 1]] for i in index]
        lengths = np.array([len(part) for part in parts])
        return np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64), lengths


class Bag(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.o = o
        self.grams = nn.Embedding(1 << o["gram_bits"], o["dim"], sparse=True)
        self.pieces = nn.Embedding(1 << o["piece_bits"], o["dim"], sparse=True)
        nn.init.uniform_(self.grams.weight, -0.05, 0.05)
        nn.init.uniform_(self.pieces.weight, -0.05, 0.05)
        self.hidden = nn.Linear(2 * o["dim"], o["hidden"])
        self.out = nn.Linear(o["hidden"], 3)

    def forward(self, columns, generator=None):
        pooled = []
        for table, (values, offsets, lengths) in zip((self.grams, self.pieces), columns):
            weights = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
            if generator is not None:
                keep = 1 - self.o["words"]
                weights *= (generator.random(len(weights), dtype=np.float32) < keep) / keep
            ids = torch.from_numpy(values.astype(np.int64))
            pooled.append(F.embedding_bag(ids, table.weight, torch.from_numpy(offsets), mode="sum", sparse=True,
                                          per_sample_weights=torch.from_numpy(weights)))
        x = F.dropout(torch.cat(pooled, 1), self.o["dropout"], self.training)
        return self.out(F.dropout(F.relu(self.hidden(x)), 0.2, self.training))


@torch.no_grad()
def predict(model, columns):
    model.eval()
    count = len(columns[0].ends) - 1
    parts = [np.arange(i, min(count, i + 256)) for i in range(0, count, 256)]
    return np.concatenate([model([column.rows(part) for column in columns]).numpy() for part in parts])


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    train, dev = Split(prep, "train"), Split(prep, "dev")
    columns = [[Ragged(split, "grams", o["gram_bits"]), Ragged(split, "pieces", o["piece_bits"])] for split in (train, dev)]
    share, weights = train.shares(o["power"]), train.class_weights(o["balance"])
    model = Bag(o)
    tables = [model.grams.weight, model.pieces.weight]
    rest = [*model.hidden.parameters(), *model.out.parameters()]
    optimisers = [torch.optim.SparseAdam(tables), torch.optim.Adam(rest)]
    steps, done, start = o["epochs"] * len(share) // o["batch"], 0, time.time()
    for epoch in range(o["epochs"]):
        model.train()
        picked = generator.choice(len(share), len(share), p=share)
        for i in range(0, len(picked), o["batch"]):
            part = picked[i : i + o["batch"]]
            set_rate(optimisers, o["lr"] * max(0.02, 1 - done / steps))
            loss = loss_of(model([column.rows(part) for column in columns[0]], generator), train, part, weights)
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            done += 1
        print(epoch, round(time.time() - start), "s", report(dev, predict(model, columns[1])), flush=True)
    torch.save({"state": model.state_dict(), "options": o}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
