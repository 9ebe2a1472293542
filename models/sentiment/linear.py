"""Fits the linear member on distinct n-grams and word pieces, each weighed by how much it tells (log of the odds, as in
NB-SVM; Wang and Manning 2012). Usage: linear.py PREP OUT.npz [key=value …]

Of a text, two numbers: positive against negative, and neutral against both. For each: the sum of ratio · weight over the
features, by the length of the vector of ratios. Convex, so no seed matters.
"""
import sys
import time

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize

from data import BUCKET_BITS, Split, options, report

DEFAULTS = dict(strength=4.0, bits=20, rounds=60, least=2, power=0.75, balance=0.5, weak=0.3)
SOURCES = ("grams", "pieces")


def distinct(split, name, bits):
    values, ends = split.column(name) >> (BUCKET_BITS - bits), split.column(f"{name}-ends")
    matrix = sp.csr_matrix((np.ones(len(values), dtype=np.float32), values, ends), shape=(len(ends) - 1, 1 << bits))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def ratios(matrix, one, other, least):
    """Log of how much more often each feature is in texts of one kind than in the other's, smoothed by 1."""
    p, q = 1 + one @ matrix, 1 + other @ matrix
    told = np.log(p / p.sum() / (q / q.sum())).astype(np.float32)
    return told * (np.asarray(matrix.sum(0)).ravel() >= least)


def scaled(matrices, told):
    parts = []
    for matrix, ratio in zip(matrices, told):
        part = matrix.copy()
        part.data *= ratio[part.indices]
        length = np.sqrt(np.maximum(np.asarray(part.multiply(part).sum(1)).ravel(), 1e-6))
        parts.append(sp.diags((1 / length).astype(np.float32)) @ part)
    return sp.hstack(parts).tocsr()


def softmax_loss(logits, truth):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    p = powers / powers.sum(1, keepdims=True)
    return -np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)), p


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    start = time.time()
    train, dev = Split(prep, "train"), Split(prep, "dev")
    truth, binary = train.labels, train.binary.numpy()
    weights = train.shares(o["power"]) * train.class_weights(o["balance"]).numpy()[train.domains, truth]
    weights = (weights / weights.mean()).astype(np.float32)
    matrices = [distinct(train, name, o["bits"]) for name in SOURCES]
    kinds = [(weights * (truth == 2), weights * (truth == 0)),
             (weights * ((truth == 1) & ~binary), weights * ((truth != 1) & ~binary))]
    told = [[ratios(matrix, *kind, o["least"]) for matrix in matrices] for kind in kinds]
    columns = [scaled(matrices, one) for one in told]
    turned = [column.T.tocsr() for column in columns]
    size = columns[0].shape[1]
    hot, hidden = np.eye(3)[truth], np.where(binary, 30, 0)

    def logits(values, columns):
        margin = columns[0] @ values[:size] + values[-2]
        return np.stack([-margin, columns[1] @ values[size : 2 * size] + values[-1], margin], 1)

    def loss(values):
        # As loss_of in data.py.
        every = logits(values, columns)
        masked = every.copy()
        masked[:, 1] -= hidden
        (a, p), (b, q) = softmax_loss(masked, truth), softmax_loss(every, truth)
        total = o["strength"] * (weights * ((1 - o["weak"]) * a + o["weak"] * b)).sum() + 0.5 * (values[:-2] ** 2).sum()
        slope = ((1 - o["weak"]) * (p - hot) + o["weak"] * (q - hot)) * (weights * o["strength"])[:, None]
        margin, neutral = slope[:, 2] - slope[:, 0], slope[:, 1]
        rest = [turned[0] @ margin + values[:size], turned[1] @ neutral + values[size : 2 * size]]
        return total, np.concatenate([*rest, [margin.sum(), neutral.sum()]])

    found = minimize(loss, np.zeros(2 * size + 2), jac=True, method="L-BFGS-B", options=dict(maxiter=o["rounds"])).x
    judged = [scaled([distinct(dev, name, o["bits"]) for name in SOURCES], one) for one in told]
    print(round(time.time() - start), "s", report(dev, logits(found, judged)), flush=True)
    tables = {}
    for i, name in enumerate(SOURCES):
        part = slice(i << o["bits"], (i + 1) << o["bits"])
        margin, neutral = found[:size][part] * told[0][i], found[size : 2 * size][part] * told[1][i]
        tables[name] = np.stack([margin, neutral, told[0][i] ** 2, told[1][i] ** 2], 1).astype(np.float32)
    np.savez(out, bias=found[-2:].astype(np.float32), bits=o["bits"], dev=logits(found, judged), **tables)


if __name__ == "__main__":
    main(*sys.argv[1:])
