"""Trains the sentiment model. Usage: prepare.mjs DATA PREP, then train.py PREP OUT (see card.md).

Debian 12: python3-torch 1.13.0, python3-numpy 1.24.2, python3-onnx 1.12.0. One thread; seeded.
"""
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

SEED = 20261122
DOMAINS = ["zh-shopping-10", "zh-chnsenticorp", "zh-hotel", "zh-takeaway", "zh-bank", "en-airline", "en-semeval2017", "en-sst2"]
BINARY = {"zh-shopping-10", "zh-chnsenticorp", "zh-hotel", "zh-takeaway", "en-sst2"}
BUCKET_BITS = 20
GRAM_BITS = int(os.environ.get("GRAM_BITS", "18"))
PIECE_BITS = int(os.environ.get("PIECE_BITS", "16"))
DIM, HIDDEN = 48, 64
EPOCHS = int(os.environ.get("EPOCHS", "4"))
BATCH = 128


class Ragged:
    def __init__(self, prep, split, name, bits):
        self.values = np.fromfile(f"{prep}/{split}.{name}.i32", dtype="<i4") >> (BUCKET_BITS - bits)
        self.ends = np.fromfile(f"{prep}/{split}.{name}-ends.i32", dtype="<i4")

    def rows(self, index):
        """Values of these texts one after the other, and where each begins."""
        parts = [self.values[self.ends[i] : self.ends[i + 1]] for i in index]
        offsets = np.zeros(len(parts), dtype=np.int64)
        np.cumsum([len(p) for p in parts[:-1]], out=offsets[1:])
        return np.concatenate(parts), offsets, np.array([len(p) for p in parts])


class Split:
    def __init__(self, prep, split):
        self.labels = np.fromfile(f"{prep}/{split}.labels.i32", dtype="<i4").astype(np.int64)
        self.domains = np.fromfile(f"{prep}/{split}.domains.i32", dtype="<i4")
        self.grams = Ragged(prep, split, "grams", GRAM_BITS)
        self.pieces = Ragged(prep, split, "pieces", PIECE_BITS)


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.grams = nn.Embedding(1 << GRAM_BITS, DIM, sparse=True)
        self.pieces = nn.Embedding(1 << PIECE_BITS, DIM, sparse=True)
        nn.init.uniform_(self.grams.weight, -0.05, 0.05)
        nn.init.uniform_(self.pieces.weight, -0.05, 0.05)
        self.hidden = nn.Linear(2 * DIM, HIDDEN)
        self.out = nn.Linear(HIDDEN, 3)

    def forward(self, grams, pieces, drop, generator):
        pooled = []
        for table, (values, offsets, lengths) in ((self.grams, grams), (self.pieces, pieces)):
            weights = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
            if drop > 0:
                weights *= generator.random(len(weights), dtype=np.float32) >= drop
                weights /= 1 - drop
            pooled.append(
                F.embedding_bag(
                    torch.from_numpy(values.astype(np.int64)), table.weight, torch.from_numpy(offsets),
                    mode="sum", sparse=True, per_sample_weights=torch.from_numpy(weights),
                )
            )
        x = torch.cat(pooled, 1)
        x = F.dropout(x, float(os.environ.get('DROP', '0.3')), self.training)
        return self.out(F.dropout(F.relu(self.hidden(x)), 0.2, self.training))


def mask_neutral(logits, binary):
    """For sets without neutral texts the neutral output is left out."""
    mask = torch.zeros_like(logits)
    mask[:, 1] = torch.where(binary, -30.0, 0.0)
    return logits + mask


def batches(index, size):
    for i in range(0, len(index), size):
        yield index[i : i + size]


@torch.no_grad()
def predict(model, split):
    model.eval()
    order = np.argsort(split.grams.ends[1:] - split.grams.ends[:-1], kind="stable")
    logits = np.zeros((len(order), 3), dtype=np.float32)
    for part in batches(order, 256):
        logits[part] = model(split.grams.rows(part), split.pieces.rows(part), 0, None).numpy()
    return logits


def report(split, logits):
    figures = {}
    for d, name in enumerate(DOMAINS):
        rows = split.domains == d
        scores = logits[rows].copy()
        if name in BINARY:
            scores[:, 1] = -1e9
        guess, truth = scores.argmax(1), split.labels[rows]
        recalls = [np.mean(guess[truth == c] == c) for c in range(3) if np.any(truth == c)]
        f1 = [2 * np.sum((guess == c) & (truth == c)) / (np.sum(guess == c) + np.sum(truth == c)) for c in np.unique(truth)]
        figures[name] = tuple(round(float(np.mean(x)) * 100, 1) for x in (guess == truth, recalls, f1))
    return figures


def class_weights(split, balance):
    """Within a set, rare classes weigh more: the weight of a class is its share to the power of −balance, 1 on average."""
    weights = np.ones((len(DOMAINS), 3), dtype=np.float32)
    for d in range(len(DOMAINS)):
        part = np.bincount(split.labels[split.domains == d], minlength=3) / (split.domains == d).sum()
        weights[d] = np.where(part > 0, np.maximum(part, 1e-9) ** -balance, 0)
        weights[d] /= (weights[d] * part).sum()
    return torch.from_numpy(weights)


def temperature(split, logits):
    """The divisor of the logits with the lowest log-loss on dev, each domain weighing the same."""
    x, y = torch.from_numpy(logits), torch.from_numpy(split.labels)
    counts = np.bincount(split.domains, minlength=len(DOMAINS))
    weight = torch.from_numpy(1 / counts[split.domains])
    losses = [(float((F.cross_entropy(x / t, y, reduction="none") * weight).sum()), t) for t in np.arange(0.5, 4, 0.02)]
    return round(float(min(losses)[1]), 2)


def main(prep, out):
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    torch.manual_seed(SEED)
    generator = np.random.default_rng(SEED)
    train, dev = Split(prep, "train"), Split(prep, "dev")
    counts = np.bincount(train.domains, minlength=len(DOMAINS))
    # Large sets count less than their size.
    share = (counts**0.75)[train.domains] / counts[train.domains]
    share /= share.sum()
    weights = class_weights(train, float(os.environ.get("BALANCE", "0.5")))
    model = Bag()
    tables = [model.grams.weight, model.pieces.weight]
    rest = [p for p in model.parameters() if all(p is not t for t in tables)]
    sparse, dense = torch.optim.SparseAdam(tables, lr=2e-3), torch.optim.Adam(rest, lr=2e-3)
    steps = EPOCHS * len(train.labels) // BATCH
    done, start = 0, time.time()
    for epoch in range(EPOCHS):
        model.train()
        picked = generator.choice(len(share), len(share), p=share)
        for part in batches(picked, BATCH):
            rate = 2e-3 * max(0.02, 1 - done / steps)
            for group in sparse.param_groups + dense.param_groups:
                group["lr"] = rate
            logits = model(train.grams.rows(part), train.pieces.rows(part), float(os.environ.get('WORD', '0.2')), generator)
            binary = torch.tensor([DOMAINS[d] in BINARY for d in train.domains[part]])
            truth = torch.from_numpy(train.labels[part])
            # Mostly whether negative or positive; a little that a review is seldom neither.
            weight = weights[torch.from_numpy(train.domains[part].astype(np.int64)), truth]
            loss = 0.7 * F.cross_entropy(mask_neutral(logits, binary), truth, reduction="none")
            loss = ((loss + 0.3 * F.cross_entropy(logits, truth, reduction="none")) * weight).mean()
            sparse.zero_grad(), dense.zero_grad()
            loss.backward()
            sparse.step(), dense.step()
            done += 1
            if done % 200 == 0:
                print(done, steps, round(float(loss), 3), round(time.time() - start), flush=True)
        print(epoch, report(dev, predict(model, dev)), flush=True)
    logits = predict(model, dev)
    os.makedirs(out, exist_ok=True)
    torch.save(model.state_dict(), f"{out}/bag.pt")
    with open(f"{out}/temperature.json", "w") as file:
        json.dump({"temperature": temperature(dev, logits), "dev": report(dev, logits)}, file)


if __name__ == "__main__":
    main(*sys.argv[1:3])
