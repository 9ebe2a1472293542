"""Trains the convolutional model. Usage: deep.py PREP OUT [key=value …]"""
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from train import BINARY, DOMAINS, SEED, class_weights, mask_neutral, report, temperature

O = dict(seed=SEED, dim=128, width=160, kernels=4, epochs=4, lr=1e-3, vocab=30000, drop=0.4, word=0.1, head=192, tail=64,
         tokens=6144, arch="cnn", power=0.75, wd=0.0,
         pair_bits=16, pair=64, balance=0.5)
OOV = 2048


def setting(arguments):
    for a in arguments:
        k, v = a.split("=")
        O[k] = type(O[k])(v)


class Texts:
    def __init__(self, prep, split, vocabulary=None):
        load = lambda name: np.fromfile(f"{prep}/{split}.{name}.i32", dtype="<i4")
        self.labels, self.domains = load("labels").astype(np.int64), load("domains")
        hashes, self.ends = load("tokens"), load("tokens-ends")
        if vocabulary is None:
            values, counts = np.unique(hashes, return_counts=True)
            keep = values[np.argsort(-counts, kind="stable")[: O["vocab"]]]
            vocabulary = np.sort(keep[: O["vocab"]])
        self.vocabulary = vocabulary
        at = np.searchsorted(vocabulary, hashes).clip(0, len(vocabulary) - 1)
        known = vocabulary[at] == hashes
        # 0 pads; then the vocabulary; then buckets of what is not in it.
        self.ids = np.where(known, at + 1, 1 + len(vocabulary) + (hashes.astype(np.int64) & (OOV - 1)))
        self.lengths = np.minimum(np.diff(self.ends), O["head"] + O["tail"])
        # Of u0 u1 b1 u2 b2 t2 u3 b3 t3 … the b: bucket of a token and the one before; 0 for the first.
        grams, gram_ends = load("grams"), load("grams-ends")
        place = np.arange(len(hashes)) - np.repeat(self.ends[:-1], np.diff(self.ends))
        at = np.repeat(gram_ends[:-1], np.diff(self.ends)) + np.where(place < 2, 2, 3 * place - 2)
        self.pairs = np.where(place == 0, 0, (grams[np.minimum(at, len(grams) - 1)] >> (20 - O["pair_bits"])) + 1)

    def rows(self, index):
        width = max(1, int(self.lengths[index].max()))
        out = np.zeros((2, len(index), width), dtype=np.int64)
        for r, i in enumerate(index):
            a, b = self.ends[i], self.ends[i + 1]
            for column, values in ((0, self.ids), (1, self.pairs)):
                if b - a > O["head"] + O["tail"]:
                    out[column, r, : O["head"]] = values[a : a + O["head"]]
                    out[column, r, O["head"] :] = values[b - O["tail"] : b]
                else:
                    out[column, r, : b - a] = values[a:b]
        return torch.from_numpy(out)


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.embed = nn.Embedding(size, O["dim"], padding_idx=0, sparse=True)
        nn.init.normal_(self.embed.weight, std=0.1)
        with torch.no_grad():
            self.embed.weight[0] = 0
        d, w = O["dim"], O["width"]
        if O["pair"]:
            self.pair = nn.Embedding((1 << O["pair_bits"]) + 1, O["pair"], padding_idx=0, sparse=True)
            nn.init.normal_(self.pair.weight, std=0.05)
            with torch.no_grad():
                self.pair.weight[0] = 0
            d += O["pair"]
        if O["arch"] == "cnn":
            self.convs = nn.ModuleList(nn.Conv1d(d, w, k, padding=k // 2) for k in range(1, O["kernels"] + 1))
            features = w * O["kernels"]
        elif O["arch"] == "gru":
            self.gru = nn.GRU(d, w, batch_first=True, bidirectional=True)
            features = 4 * w
        else:  # deep: residual dilated convolutions
            self.first = nn.Conv1d(d, w, 1)
            self.convs = nn.ModuleList(nn.Conv1d(w, w, 3, padding=2**i, dilation=2**i) for i in range(O["kernels"]))
            features = 2 * w
        self.out = nn.Linear(features, 3)

    def forward(self, both):
        ids, pairs = both
        x = self.embed(ids)
        if O["pair"]:
            x = torch.cat([x, self.pair(pairs)], 2)
        if self.training:
            keep = (torch.rand(ids.shape) >= O["word"]).unsqueeze(2)
            x = F.dropout(x * keep, 0.2)
        real = (ids > 0).unsqueeze(1)
        if O["arch"] == "cnn":
            x = x.transpose(1, 2)
            pooled = []
            for k, conv in enumerate(self.convs, 1):
                # Kernels reach into the padding on both sides, but start within the text.
                valid = F.pad(real, (k // 2, k // 2))
                valid = valid.unfold(2, k, 1).any(3)
                pooled.append((F.relu(conv(x)) * valid).amax(2))
        elif O["arch"] == "gru":
            h, _ = self.gru(x)
            h = h.transpose(1, 2)
            n = real.sum(2).clamp(min=1)
            pooled = [h.masked_fill(~real, -1e4).amax(2), (h * real).sum(2) / n]
        else:
            x = self.first(x.transpose(1, 2)) * real
            for c in self.convs:
                x = (x + F.relu(c(x))) * real
            n = real.sum(2).clamp(min=1)
            pooled = [x.masked_fill(~real, -1e4).amax(2), x.sum(2) / n]
        return self.out(F.dropout(torch.cat(pooled, 1), O["drop"], self.training))


@torch.no_grad()
def predict(model, texts):
    model.eval()
    order = np.argsort(texts.lengths, kind="stable")
    logits = np.zeros((len(order), 3), dtype=np.float32)
    for i in range(0, len(order), 64):
        part = order[i : i + 64]
        logits[part] = model(texts.rows(part)).numpy()
    return logits


def packed(picked, lengths, generator):
    """Batches of similar length, at most so many tokens each, in random order."""
    noisy = lengths[picked] * generator.uniform(0.9, 1.1, len(picked))
    order = picked[np.argsort(noisy, kind="stable")]
    out, start = [], 0
    while start < len(order):
        size, longest = 0, 0
        while start + size < len(order) and size < 128:
            longest = max(longest, lengths[order[start + size]])
            if size >= 16 and longest * (size + 1) > O["tokens"]:
                break
            size += 1
        out.append(order[start : start + size])
        start += size
    generator.shuffle(out)
    return out


def main(prep, out, *arguments):
    setting(arguments)
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    torch.manual_seed(O["seed"])
    generator = np.random.default_rng(O["seed"])
    train = Texts(prep, "train")
    dev = Texts(prep, "dev", train.vocabulary)
    counts = np.bincount(train.domains, minlength=len(DOMAINS))
    share = (counts ** O["power"])[train.domains] / counts[train.domains]
    share /= share.sum()
    model = Net(1 + O["vocab"] + OOV)
    weights = class_weights(train, O["balance"])
    tables = [p for name, p in model.named_parameters() if name in ("embed.weight", "pair.weight")]
    rest = [p for name, p in model.named_parameters() if name not in ("embed.weight", "pair.weight")]
    sparse, dense = torch.optim.SparseAdam(tables, lr=O["lr"]), torch.optim.AdamW(rest, lr=O["lr"], weight_decay=O["wd"])
    start, done = time.time(), 0
    total = O["epochs"] * len(packed(np.arange(len(share)), train.lengths, np.random.default_rng(0)))
    for epoch in range(O["epochs"]):
        model.train()
        picked = generator.choice(len(share), len(share), p=share)
        for part in packed(picked, train.lengths, generator):
            for group in sparse.param_groups + dense.param_groups:
                group["lr"] = O["lr"] * min(1, done / 200) * max(0.02, 1 - done / total)
            logits = model(train.rows(part))
            binary = torch.tensor([DOMAINS[d] in BINARY for d in train.domains[part]])
            truth = torch.from_numpy(train.labels[part])
            weight = weights[torch.from_numpy(train.domains[part].astype(np.int64)), truth]
            loss = 0.7 * F.cross_entropy(mask_neutral(logits, binary), truth, reduction="none")
            loss = ((loss + 0.3 * F.cross_entropy(logits, truth, reduction="none")) * weight).mean()
            sparse.zero_grad(), dense.zero_grad()
            loss.backward()
            sparse.step(), dense.step()
            done += 1
            if done % 200 == 0:
                print(done, total, round(float(loss), 3), round(time.time() - start), flush=True)
        print(epoch, round(time.time() - start), report(dev, predict(model, dev)), flush=True)
    logits = predict(model, dev)
    torch.save({"state": model.state_dict(), "vocabulary": train.vocabulary, "options": O}, f"{out}.pt")
    np.save(f"{out}.dev.npy", logits)
    print(json.dumps({"temperature": temperature(dev, logits), "dev": report(dev, logits)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
