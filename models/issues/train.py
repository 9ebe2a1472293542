"""Trains the issue-type model: first on weak rules and mapped sets, then on texts labelled for it. Usage: train.py PREP OUT.pt [teacher=FILE] [key=value …]"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from bag import Bag, Ragged  # noqa: E402
from data import SEED, options, set_rate  # noqa: E402

COUNT = 18
HAND, DEV, MAPPED, WEAK = range(4)
DEFAULTS = dict(seed=SEED, gram_bits=16, piece_bits=14, dim=64, hidden=128, batch=64, words=0.3, dropout=0.3,
                weak_epochs=2, hand_epochs=7, lr=2e-3, hand_lr=1e-3, weak_weight=0.3, others=1.0, teacher="")


class Columns:
    def __init__(self, prep):
        self.prep = prep
        bits = self.column("labels")
        self.labels = ((bits[:, None] >> np.arange(COUNT)) & 1).astype(np.float32)
        self.kinds = self.column("kinds")

    def column(self, name):
        return np.fromfile(f"{self.prep}/{name}.i32", dtype="<i4")


class Issues(Bag):
    def __init__(self, o):
        super().__init__(o)
        self.out = nn.Linear(o["hidden"], COUNT)


@torch.no_grad()
def predict(model, columns, index):
    model.eval()
    parts = [index[i : i + 256] for i in range(0, len(index), 256)]
    return np.concatenate([model([c.rows(p) for c in columns]).numpy() for p in parts])


def micro_f1(labels, logits):
    guess = logits > 0
    guess[np.arange(len(guess)), logits.argmax(1)] = True
    return 200 * (guess * labels).sum() / (guess.sum() + labels.sum())


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    data = Columns(prep)
    columns = [Ragged(data, "grams", o["gram_bits"]), Ragged(data, "pieces", o["piece_bits"])]
    at = {kind: np.flatnonzero(data.kinds == kind) for kind in range(4)}
    trust = np.ones((4, 2, COUNT), dtype=np.float32)
    # A missing hit of a weak rule says little, so absences count less there; "other" has no rule.
    trust[WEAK] = o["weak_weight"]
    trust[WEAK, 0] *= 0.5
    trust[WEAK, :, COUNT - 1] = 0
    # Mapped sets name one topic and are silent about others.
    trust[MAPPED, 0] = 0.3
    model = train(o, data, columns, at, trust, generator)
    torch.save({"state": model.state_dict(), "options": o}, out)


def train(o, data, columns, at, trust, generator):
    model = Issues(o)
    targets = data.labels
    if o["teacher"]:
        # What several networks together say of texts that nobody labelled, in place of the rules of words.
        targets = np.load(o["teacher"])
        trust[[WEAK, MAPPED]] = 1
        for kind in (HAND, DEV):
            targets[at[kind]] = data.labels[at[kind]]
    tables = [model.grams.weight, model.pieces.weight]
    rest = [*model.hidden.parameters(), *model.out.parameters()]
    optimisers = [torch.optim.SparseAdam(tables), torch.optim.Adam(rest)]

    def step(part, rate):
        set_rate(optimisers, rate)
        truth, kinds = targets[part], data.kinds[part]
        weight = truth * trust[kinds, 1] + (1 - truth) * trust[kinds, 0]
        logits = model([c.rows(part) for c in columns], generator)
        losses = F.binary_cross_entropy_with_logits(logits, torch.from_numpy(truth), reduction="none")
        loss = (losses * torch.from_numpy(weight)).sum(1).mean()
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()

    both = np.concatenate([at[WEAK], at[MAPPED]])
    count = len(at[HAND])
    for name, epochs, rate in (("weak", o["weak_epochs"], o["lr"]), ("labelled", o["hand_epochs"], o["hand_lr"])):
        for epoch in range(epochs):
            model.train()
            if name == "weak":
                order = generator.permutation(both)
            else:
                # Some of the others in between, so that what they taught is not forgotten.
                extra = int(count * o["others"])
                parts = [at[HAND], generator.choice(at[MAPPED], extra // 4), generator.choice(at[WEAK], extra)]
                order = generator.permutation(np.concatenate(parts))
            for i in range(0, len(order), o["batch"]):
                step(order[i : i + o["batch"]], rate * max(0.05, 1 - (epoch + i / len(order)) / epochs))
            print(name, epoch, round(micro_f1(data.labels[at[DEV]], predict(model, columns, at[DEV])), 1), flush=True)
    return model


if __name__ == "__main__":
    main(*sys.argv[1:])
