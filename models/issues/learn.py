"""What the members of the issue-type model learn from, and how: first from all texts, then from those labelled for it."""
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from data import set_rate  # noqa: E402

COUNT = 18
HAND, DEV, MAPPED, WEAK = range(4)


class Columns:
    """What prepare.mjs wrote."""

    def __init__(self, prep):
        self.prep = prep
        bits = self.column("labels")
        self.labels = ((bits[:, None] >> np.arange(COUNT)) & 1).astype(np.float32)
        self.kinds = self.column("kinds")

    def column(self, name):
        return np.fromfile(f"{self.prep}/{name}.i32", dtype="<i4")


class Lessons:
    """Targets of all texts, and how far each is trusted: from the labels, or with `teacher` (a file) from what it says of them."""

    def __init__(self, data, weak_weight, teacher):
        self.kinds, self.labels = data.kinds, data.labels
        self.at = {kind: np.flatnonzero(data.kinds == kind) for kind in range(4)}
        self.trust = np.ones((4, 2, COUNT), dtype=np.float32)
        self.targets = data.labels
        if teacher:
            # In place of the rules of words and the mapped sets, but not of what was labelled.
            self.targets = np.load(teacher)
            for kind in (HAND, DEV):
                self.targets[self.at[kind]] = data.labels[self.at[kind]]
            return
        # A missing hit of a weak rule says little, so absences count less there; "other" has no rule.
        self.trust[WEAK] = weak_weight
        self.trust[WEAK, 0] *= 0.5
        self.trust[WEAK, :, COUNT - 1] = 0
        # Mapped sets name one topic and are silent about others.
        self.trust[MAPPED, 0] = 0.3

    def loss(self, logits, part):
        truth, kinds = self.targets[part], self.kinds[part]
        weight = truth * self.trust[kinds, 1] + (1 - truth) * self.trust[kinds, 0]
        losses = F.binary_cross_entropy_with_logits(logits, torch.from_numpy(truth), reduction="none")
        return (losses * torch.from_numpy(weight)).sum(1).mean()

    def pick(self, name, others, generator):
        """Texts of an epoch. Among the labelled some of the others, so that what they taught is not forgotten."""
        if name == "all":
            return np.concatenate([self.at[WEAK], self.at[MAPPED]])
        extra = int(len(self.at[HAND]) * others)
        return np.concatenate([self.at[HAND], generator.choice(self.at[MAPPED], extra // 4), generator.choice(self.at[WEAK], extra)])


def best_f1(labels, logits):
    """Micro-F1 at the best common threshold."""
    best = 0
    for t in np.arange(-2, 1.01, 0.1):
        guess = logits > t
        guess[:, COUNT - 1] = ~guess[:, : COUNT - 1].any(1)
        best = max(best, 200 * (guess * labels).sum() / (guess.sum() + labels.sum()))
    return round(float(best), 1)


def learn(model, tables, lessons, o, generator, batches, logits, predict):
    """Leaves the model with the average of its weights after the last `average` epochs.
    tables: its sparse weights; batches(name, texts) → lists of texts; logits(texts), to learn from; predict(texts)."""
    dense = [p for p in model.parameters() if all(p is not table for table in tables)]
    optimisers = [torch.optim.SparseAdam(tables), torch.optim.Adam(dense)]
    average, averaged, start = None, 0, time.time()
    judge = lambda: best_f1(lessons.labels[lessons.at[DEV]], predict(lessons.at[DEV]))
    for name, epochs, rate in (("all", o["weak_epochs"], o["lr"]), ("labelled", o["hand_epochs"], o["hand_lr"])):
        for epoch in range(epochs):
            model.train()
            parts = batches(name, lessons.pick(name, o["others"], generator))
            for i, part in enumerate(parts):
                set_rate(optimisers, rate * max(0.05, 1 - (epoch + i / len(parts)) / epochs))
                loss = lessons.loss(logits(part), part)
                for optimiser in optimisers:
                    optimiser.zero_grad()
                loss.backward()
                for optimiser in optimisers:
                    optimiser.step()
            model.eval()
            print(name, epoch, round(time.time() - start), "s", judge(), flush=True)
            if name == "labelled" and epoch >= epochs - o["average"]:
                state = {k: v.clone() for k, v in model.state_dict().items()}
                averaged += 1
                average = state if average is None else {k: average[k] + (v - average[k]) / averaged for k, v in state.items()}
    if average is not None:
        model.load_state_dict(average)
    model.eval()
    print("averaged", judge(), flush=True)
