"""What prepare.mjs wrote, read for training, and how training goes about it."""
import numpy as np
import torch
import torch.nn.functional as F

SEED = 20261122
DOMAINS = ["zh-shopping-10", "zh-chnsenticorp", "zh-hotel", "zh-takeaway", "zh-bank", "en-airline", "en-semeval2017", "en-sst2"]
# In training alone: plain questions of Banking77, texts of our own making (cues.mjs), labelled clauses, words of a lexicon.
FURTHER = ["en-banking77", "cues", "zh-clauses", "en-clauses", "en-lexicon"]
COUNT = len(DOMAINS) + len(FURTHER)
# Sets without neutral texts.
BINARY = {"zh-shopping-10", "zh-chnsenticorp", "zh-hotel", "zh-takeaway", "en-sst2"}
# Buckets in the files have so many bits; a smaller table takes the first ones.
BUCKET_BITS = 20


def options(defaults, arguments):
    """Defaults, and what key=value arguments say otherwise."""
    chosen = dict(defaults)
    for argument in arguments:
        key, value = argument.split("=")
        chosen[key] = type(defaults[key])(value)
    return chosen


class Split:
    def __init__(self, prep, split):
        self.prep, self.split = prep, split
        self.labels = self.column("labels").astype(np.int64)
        self.domains = self.column("domains").astype(np.int64)
        self.binary = torch.tensor([name in BINARY for name in DOMAINS] + [False] * len(FURTHER))[torch.from_numpy(self.domains)]

    def column(self, name):
        return np.fromfile(f"{self.prep}/{self.split}.{name}.i32", dtype="<i4")

    def sizes(self):
        return np.bincount(self.domains, minlength=COUNT)

    def shares(self, power):
        """Chance of each text to be drawn: sets count by their size to this power."""
        sizes = self.sizes()
        share = (sizes**power / np.maximum(sizes, 1))[self.domains]
        return share / share.sum()

    def class_weights(self, balance):
        """Within a set, rare classes weigh more: a class's share to the power of −balance, 1 on average."""
        weights = np.ones((COUNT, 3), dtype=np.float32)
        for domain in np.unique(self.domains):
            share = np.bincount(self.labels[self.domains == domain], minlength=3) / self.sizes()[domain]
            weights[domain] = np.where(share > 0, np.maximum(share, 1e-9) ** -balance, 0)
            weights[domain] /= (weights[domain] * share).sum()
        return torch.from_numpy(weights)


def loss_of(logits, split, part, weights):
    """Mostly whether negative or positive, where a set has no neutral texts; a little that a review is seldom neither."""
    index = torch.from_numpy(part)
    truth = torch.from_numpy(split.labels)[index]
    mask = torch.zeros_like(logits)
    mask[:, 1] = torch.where(split.binary[index], -30.0, 0.0)
    loss = 0.7 * F.cross_entropy(logits + mask, truth, reduction="none") + 0.3 * F.cross_entropy(logits, truth, reduction="none")
    return (loss * weights[torch.from_numpy(split.domains)[index], truth]).mean()


def report(split, logits):
    """Per set: accuracy, mean recall, macro-F1, in percent."""
    figures = {}
    for domain, name in enumerate(DOMAINS):
        rows = split.domains == domain
        scores = logits[rows].copy()
        if name in BINARY:
            scores[:, 1] = -1e9
        guess, truth = scores.argmax(1), split.labels[rows]
        classes = np.unique(truth)
        recalls = [np.mean(guess[truth == c] == c) for c in classes]
        f1 = [2 * np.sum((guess == c) & (truth == c)) / (np.sum(guess == c) + np.sum(truth == c)) for c in classes]
        figures[name] = tuple(round(float(np.mean(values)) * 100, 1) for values in (guess == truth, recalls, f1))
    return figures


def set_rate(optimisers, rate):
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate
