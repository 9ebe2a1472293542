"""Trains the convolutional member of the issue-type model. Usage: network.py PREP OUT.pt [vectors=FILE] [key=value …]
vectors: what vectors.py wrote; teacher: what teach.py wrote, in place of the weak rules and the mapped sets."""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from learn import COUNT, Columns, Lessons, learn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from data import BUCKET_BITS, SEED, options  # noqa: E402
from sequence import batches  # noqa: E402

DEFAULTS = dict(seed=SEED, dim=96, pair=96, pair_bits=17, width=96, kernels=3, vocab=20000, outside_bits=10, head=128, tail=64,
                words=0.15, dropout=0.5, tokens=6144, vectors="", weak_epochs=1, hand_epochs=8, lr=1.2e-3,
                hand_lr=8e-4, weak_weight=0.3, others=0.5, average=3, teacher="")


class Texts:
    def __init__(self, data, o, vocabulary=None):
        self.o, self.data = o, data
        hashes, self.ends = data.column("tokens"), data.column("tokens-ends")
        counts = np.diff(self.ends)
        if vocabulary is None:
            values, times = np.unique(hashes, return_counts=True)
            vocabulary = values[np.argsort(-times, kind="stable")[: o["vocab"]]]
            vocabulary = np.sort(vocabulary)
        self.vocabulary = vocabulary
        at = np.searchsorted(vocabulary, hashes).clip(0, len(vocabulary) - 1)
        outside = 1 + len(vocabulary) + (hashes.astype(np.int64) & ((1 << o["outside_bits"]) - 1))
        self.ids = np.where(vocabulary[at] == hashes, at + 1, outside)
        self.lengths = np.minimum(counts, o["head"] + o["tail"])
        grams = data.column("grams")
        place = np.arange(len(hashes)) - np.repeat(self.ends[:-1], counts)
        begin = np.repeat(data.column("grams-ends")[:-1], counts)
        at = np.minimum(begin + np.where(place < 2, 2, 3 * place - 2), len(grams) - 1)
        self.pairs = np.where(place == 0, 0, (grams[at] >> (BUCKET_BITS - o["pair_bits"])) + 1)

    def rows(self, index):
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
    """Kernels of one to `kernels` tokens over tokens and pairs; the maximum over the text; one linear layer."""

    def __init__(self, o):
        super().__init__()
        self.o = o
        self.embed = nn.Embedding(1 + o["vocab"] + (1 << o["outside_bits"]), o["dim"], padding_idx=0, sparse=True)
        nn.init.normal_(self.embed.weight, std=0.1)
        self.pair = nn.Embedding((1 << o["pair_bits"]) + 1, o["pair"], padding_idx=0, sparse=True)
        nn.init.normal_(self.pair.weight, std=0.05)
        with torch.no_grad():
            for table in self.tables():
                table.weight[0] = 0
        channels = o["dim"] + o["pair"]
        self.convs = nn.ModuleList(nn.Conv1d(channels, o["width"], k, padding=k // 2) for k in range(1, o["kernels"] + 1))
        self.out = nn.Linear(o["width"] * o["kernels"], COUNT)

    def tables(self):
        return [self.embed, self.pair]

    def forward(self, rows):
        x = torch.cat([table(ids) for table, ids in zip(self.tables(), rows)], 2)
        if self.training:
            x = F.dropout(x * (torch.rand(rows[0].shape) >= self.o["words"]).unsqueeze(2), 0.2)
        real = (rows[0] > 0).unsqueeze(1)
        x = x.transpose(1, 2)
        pooled = []
        for k, conv in enumerate(self.convs, 1):
            y = F.relu(conv(x))
            # What a kernel finds in the padding alone does not count.
            pooled.append((y * F.pad(real, (k // 2, k // 2)).unfold(2, k, 1).any(3)).amax(2))
        return self.out(F.dropout(torch.cat(pooled, 1), self.o["dropout"], self.training))


def initialise(model, path):
    """Rows of both tables from what vectors.py wrote for the same texts; the others stay as chance made them."""
    found = np.load(path)
    vectors = torch.from_numpy(found["vectors"])
    words = len(found["words"])
    with torch.no_grad():
        for table, rows, values in (
            (model.embed, np.arange(1, words + 1), vectors[:words]),
            (model.pair, found["pairs"], vectors[words:]),
        ):
            held = (values != 0).any(1)
            table.weight[torch.from_numpy(rows)[held]] = values[held]
            table.weight *= 0.25 / table.weight[table.weight.abs().sum(1) > 0].std()


@torch.no_grad()
def predict(model, texts, index):
    model.eval()
    order = index[np.argsort(texts.lengths[index], kind="stable")]
    logits = np.zeros((len(texts.lengths), COUNT), dtype=np.float32)
    for i in range(0, len(order), 64):
        part = order[i : i + 64]
        logits[part] = model(texts.rows(part)).numpy()
    return logits[index]


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    data = Columns(prep)
    texts = Texts(data, o)
    o = {**o, "vocab": len(texts.vocabulary)}
    model = Network(o)
    if o["vectors"]:
        initialise(model, o["vectors"])

    def parts(name, picked):
        planned = batches(picked, texts, generator)
        return planned if name == "all" else [part for big in planned for part in np.array_split(big, max(1, len(big) // 32))]

    learn(model, [table.weight for table in model.tables()], Lessons(data, o["weak_weight"], o["teacher"]), o, generator, parts,
          lambda part: model(texts.rows(part)),
          lambda index: predict(model, texts, index))
    torch.save({"state": model.state_dict(), "vocabulary": texts.vocabulary, "options": o}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
