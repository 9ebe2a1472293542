"""Trains a convolutional network over the sequence of tokens. Usage: sequence.py PREP OUT.pt [key=value …]"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import BUCKET_BITS, SEED, Split, loss_of, options, report, set_rate

DEFAULTS = dict(seed=SEED, dim=128, pair=64, pair_bits=16, width=128, kernels=4, vocab=30000, outside_bits=11, head=128, tail=64,
                epochs=3, tokens=6144, lr=1.5e-3, words=0.1, dropout=0.4, power=0.75, balance=0.5, masked=1)


class Texts(Split):
    def __init__(self, prep, split, o, vocabulary=None):
        super().__init__(prep, split)
        self.o = o
        hashes, self.ends = self.column("tokens"), self.column("tokens-ends")
        counts = np.diff(self.ends)
        if vocabulary is None:
            values, times = np.unique(hashes, return_counts=True)
            vocabulary = np.sort(values[np.argsort(-times, kind="stable")[: o["vocab"]]])
        self.vocabulary = vocabulary
        at = np.searchsorted(vocabulary, hashes).clip(0, len(vocabulary) - 1)
        # 0 pads; then the vocabulary; then buckets of what is not in it.
        outside = 1 + len(vocabulary) + (hashes.astype(np.int64) & ((1 << o["outside_bits"]) - 1))
        self.ids = np.where(vocabulary[at] == hashes, at + 1, outside)
        self.lengths = np.minimum(counts, o["head"] + o["tail"])
        # Of u0 u1 b1 u2 b2 t2 u3 b3 t3 … the b: bucket of a token and the one before; 0 for the first.
        grams = self.column("grams")
        place = np.arange(len(hashes)) - np.repeat(self.ends[:-1], counts)
        begin = np.repeat(self.column("grams-ends")[:-1], counts)
        at = np.minimum(begin + np.where(place < 2, 2, 3 * place - 2), len(grams) - 1)
        self.pairs = np.where(place == 0, 0, (grams[at] >> (BUCKET_BITS - o["pair_bits"])) + 1)

    def rows(self, index):
        """Ids and pairs of these texts, padded."""
        head, tail = self.o["head"], self.o["tail"]
        out = np.zeros((2, len(index), max(1, int(self.lengths[index].max()))), dtype=np.int64)
        for r, i in enumerate(index):
            a, b = self.ends[i], self.ends[i + 1]
            for column, values in enumerate((self.ids, self.pairs)):
                if b - a > head + tail:
                    out[column, r, :head] = values[a : a + head]
                    out[column, r, head:] = values[b - tail : b]
                else:
                    out[column, r, : b - a] = values[a:b]
        return torch.from_numpy(out)


class Network(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.o = o
        self.embed = nn.Embedding(1 + o["vocab"] + (1 << o["outside_bits"]), o["dim"], padding_idx=0, sparse=True)
        nn.init.normal_(self.embed.weight, std=0.1)
        if o["pair"] > 0:
            self.pair = nn.Embedding((1 << o["pair_bits"]) + 1, o["pair"], padding_idx=0, sparse=True)
            nn.init.normal_(self.pair.weight, std=0.05)
        with torch.no_grad():
            for table in self.tables():
                table.weight[0] = 0
        channels = o["dim"] + o["pair"]
        self.convs = nn.ModuleList(nn.Conv1d(channels, o["width"], k, padding=k // 2) for k in range(1, o["kernels"] + 1))
        self.out = nn.Linear(o["width"] * o["kernels"], 3)

    def tables(self):
        return [self.embed, self.pair] if self.o["pair"] > 0 else [self.embed]

    def forward(self, rows):
        x = torch.cat([table(ids) for table, ids in zip(self.tables(), rows)], 2)
        if self.training:
            x = F.dropout(x * (torch.rand(rows[0].shape) >= self.o["words"]).unsqueeze(2), 0.2)
        real = (rows[0] > 0).unsqueeze(1)
        x = x.transpose(1, 2)
        pooled = []
        for k, conv in enumerate(self.convs, 1):
            y = F.relu(conv(x))
            if self.o["masked"]:
                # What a kernel finds in the padding alone does not count.
                y = y * F.pad(real, (k // 2, k // 2)).unfold(2, k, 1).any(3)
            pooled.append(y.amax(2))
        return self.out(F.dropout(torch.cat(pooled, 1), self.o["dropout"], self.training))


@torch.no_grad()
def predict(model, texts):
    model.eval()
    order = np.argsort(texts.lengths, kind="stable")
    logits = np.zeros((len(order), 3), dtype=np.float32)
    for i in range(0, len(order), 64):
        logits[order[i : i + 64]] = model(texts.rows(order[i : i + 64])).numpy()
    return logits


def batches(picked, texts, generator):
    """Texts of similar length together, at most so many tokens, in random order."""
    order = picked[np.argsort(texts.lengths[picked] * generator.uniform(0.9, 1.1, len(picked)), kind="stable")]
    out, start = [], 0
    while start < len(order):
        size, longest = 0, 0
        while start + size < len(order) and size < 128:
            longest = max(longest, texts.lengths[order[start + size]])
            if size >= 16 and longest * (size + 1) > texts.o["tokens"]:
                break
            size += 1
        out.append(order[start : start + size])
        start += size
    generator.shuffle(out)
    return out


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    train = Texts(prep, "train", o)
    dev = Texts(prep, "dev", o, train.vocabulary)
    share, weights = train.shares(o["power"]), train.class_weights(o["balance"])
    model = Network(o)
    tables = [table.weight for table in model.tables()]
    rest = [*model.convs.parameters(), *model.out.parameters()]
    optimisers = [torch.optim.SparseAdam(tables), torch.optim.Adam(rest)]
    total = o["epochs"] * len(batches(np.arange(len(share)), train, np.random.default_rng(0)))
    done, start = 0, time.time()
    for epoch in range(o["epochs"]):
        model.train()
        for part in batches(generator.choice(len(share), len(share), p=share), train, generator):
            set_rate(optimisers, o["lr"] * min(1, done / 200) * max(0.02, 1 - done / total))
            loss = loss_of(model(train.rows(part)), train, part, weights)
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            done += 1
            if done % 200 == 0:
                print(done, total, round(float(loss), 3), round(time.time() - start), "s", flush=True)
        print(epoch, round(time.time() - start), "s", report(dev, predict(model, dev)), flush=True)
    torch.save({"state": model.state_dict(), "vocabulary": train.vocabulary, "options": o}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
