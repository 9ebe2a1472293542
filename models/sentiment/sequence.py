"""Trains a network over the sequence of tokens: convolutions, or recurrent with attention. Usage: sequence.py PREP OUT.pt [key=value …]"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import SEED, Split, loss_of, options, report, set_rate

DEFAULTS = dict(seed=SEED, kind="conv", dim=160, width=160, kernels=4, outside_bits=11, head=128, tail=64, epochs=3.0, tokens=6144,
                lr=1.2e-3, words=0.15, dropout=0.4, power=0.7, balance=0.5, average=0.995, first="")


class Texts(Split):
    def __init__(self, prep, split, o):
        super().__init__(prep, split)
        self.o = o
        hashes, self.ends = self.column("tokens"), self.column("tokens-ends")
        counts = np.diff(self.ends)
        self.vocabulary = vocabulary = np.fromfile(f"{prep}/vocabulary.i32", dtype="<i4")
        at = np.searchsorted(vocabulary, hashes).clip(0, len(vocabulary) - 1)
        # 0 pads; then the vocabulary; then buckets of what is not in it.
        outside = 1 + len(vocabulary) + (hashes.astype(np.int64) & ((1 << o["outside_bits"]) - 1))
        self.ids = np.where(vocabulary[at] == hashes, at + 1, outside)
        self.lengths = np.clip(counts, 1, o["head"] + o["tail"])

    def rows(self, index):
        """Ids of these texts, padded."""
        head, tail = self.o["head"], self.o["tail"]
        out = np.zeros((len(index), int(self.lengths[index].max())), dtype=np.int64)
        for r, i in enumerate(index):
            a, b = self.ends[i], self.ends[i + 1]
            if b - a > head + tail:
                out[r, :head] = self.ids[a : a + head]
                out[r, head : head + tail] = self.ids[b - tail : b]
            else:
                out[r, : b - a] = self.ids[a:b]
        return torch.from_numpy(out)


class Network(nn.Module):
    def __init__(self, o, prep, words):
        super().__init__()
        self.o = o
        # The vocabulary begins with what is known of it without labels (vectors.py).
        first = torch.from_numpy(np.fromfile(f"{prep}/vectors.f32", dtype="<f4").reshape(words, -1)[:, : o["dim"]])
        self.embed = nn.Embedding(1 + words + (1 << o["outside_bits"]), o["dim"], padding_idx=0, sparse=True)
        nn.init.normal_(self.embed.weight, std=0.1)
        with torch.no_grad():
            rows = self.embed.weight[1 : 1 + words]
            rows.copy_(torch.where((first != 0).any(1, keepdim=True), first, rows * 0.3))
            self.embed.weight[0] = 0
        channels, width = o["dim"], o["width"]
        if o["kind"] == "conv":
            self.convs = nn.ModuleList(nn.Conv1d(channels, width, k, padding=k // 2) for k in range(1, o["kernels"] + 1))
            self.out = nn.Linear(width * o["kernels"], 3)
        elif o["kind"] == "gru":
            self.gru = nn.GRU(channels, width, batch_first=True, bidirectional=True)
            self.score = nn.Linear(2 * width, 1)
            self.out = nn.Linear(4 * width, 3)

        if o["first"]:
            # Or with what pretrain.py learned.
            known = torch.load(o["first"])
            with torch.no_grad():
                self.embed.weight.copy_(known["embed"])
            self.gru.load_state_dict(known["gru"])

    def forward(self, rows):
        o = self.o
        x = self.embed(rows)
        if self.training:
            x = F.dropout(x * (torch.rand(rows.shape) >= o["words"]).unsqueeze(2), 0.2)
        real = (rows > 0).unsqueeze(1)
        real[:, :, 0] = True
        x = x.transpose(1, 2)
        if o["kind"] == "conv":
            pooled = []
            for k, conv in enumerate(self.convs, 1):
                y = F.relu(conv(x))
                # What a kernel finds in the padding alone does not count.
                y = y * F.pad(real, (k // 2, k // 2)).unfold(2, k, 1).any(3)
                pooled.append(y.amax(2))
            x = torch.cat(pooled, 1)
        elif o["kind"] == "gru":
            lengths = real.sum(2).squeeze(1)
            packed = nn.utils.rnn.pack_padded_sequence(x.transpose(1, 2), lengths, batch_first=True, enforce_sorted=False)
            y, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)
            real = real.transpose(1, 2)
            weight = self.score(y).masked_fill(~real, -1e4).softmax(1)
            x = torch.cat([y.masked_fill(~real, -1e4).amax(1), (y * weight).sum(1)], 1)
        return self.out(F.dropout(x, o["dropout"], self.training))


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
    train, dev = Texts(prep, "train", o), Texts(prep, "dev", o)
    share, weights = train.shares(o["power"]), train.class_weights(o["balance"])
    model = Network(o, prep, len(train.vocabulary))
    rest = [one for one in model.parameters() if one is not model.embed.weight]
    optimisers = [torch.optim.SparseAdam([model.embed.weight]), torch.optim.AdamW(rest, weight_decay=0.01)]
    averages = [one.detach().clone() for one in model.parameters()]
    planned = []
    for _ in range(int(np.ceil(o["epochs"]))):
        planned += batches(generator.choice(len(share), len(share), p=share), train, generator)
    total = int(len(planned) * o["epochs"] / np.ceil(o["epochs"]))
    start = time.time()
    model.train()
    for done, part in enumerate(planned[:total]):
        set_rate(optimisers, o["lr"] * min(1, (done + 1) / 200) * max(0.02, 1 - done / total))
        loss = loss_of(model(train.rows(part)), train, part, weights)
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(rest, 1.0)
        for optimiser in optimisers:
            optimiser.step()
        if done % 8 == 7:
            with torch.no_grad():
                keep = min(o["average"] ** 8, done / (done + 80))
                for average, one in zip(averages, model.parameters()):
                    average.mul_(keep).add_(one, alpha=1 - keep)
        if done % 200 == 199:
            print(done + 1, total, round(float(loss), 3), round(time.time() - start), "s", flush=True)
    # What counts in the end is the average of the last steps.
    with torch.no_grad():
        for average, one in zip(averages, model.parameters()):
            one.copy_(average)
    print(round(time.time() - start), "s", report(dev, predict(model, dev)), flush=True)
    torch.save({"state": model.state_dict(), "vocabulary": train.vocabulary, "options": o}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
