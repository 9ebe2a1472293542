"""Chooses the vocabulary and makes first vectors for it, without labels. Usage: vectors.py PREP

From the training texts: what stands near what (positive pointwise mutual information, factorised), for tokens. English words have GloVe's vectors beside them; its common words are in the vocabulary even where
no training text has them. Writes PREP/vocabulary.i32 (sorted hashes) and vectors.f32 (a row each).
"""
import sys
import time

import numpy as np
import scipy.sparse as sp

from data import SEED, Split

TOKENS, FURTHER = 30000, 15000
GLOVE, OWN = 100, 60
WINDOW = 5


def pmi(rows, columns, shape, smooth=0.75):
    """Positive pointwise mutual information of what occurs together, shifted by log 2."""
    counts = sp.coo_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape).tocsr()
    total = counts.sum()
    left = np.asarray(counts.sum(1)).ravel()
    right = np.asarray(counts.sum(0)).ravel() ** smooth
    right *= total / right.sum()
    out = counts.tocoo()
    values = np.log(out.data * total / (left[out.row] * right[out.col])) - np.log(2)
    keep = (values > 0) & (out.data > 1)
    return sp.csr_matrix((values[keep].astype(np.float32), (out.row[keep], out.col[keep])), shape=shape)


def factorise(matrix, dim, generator, rounds=4):
    """Rows of U · sqrt(S), by randomised subspace iteration."""
    q = generator.standard_normal((matrix.shape[1], dim + 20), dtype=np.float32)
    for _ in range(rounds):
        q, _ = np.linalg.qr(matrix @ q)
        q, _ = np.linalg.qr(matrix.T @ q)
    u, s, _ = np.linalg.svd(matrix @ q, full_matrices=False)
    return (u[:, :dim] * np.sqrt(s[:dim])).astype(np.float32)


def scaled(vectors):
    """Rows of equal length but for those of nothing, 0.1 a value."""
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(norm > 0, vectors / np.maximum(norm, 1e-9) * 0.1 * np.sqrt(vectors.shape[1]), 0).astype(np.float32)


def main(prep):
    generator = np.random.default_rng(SEED)
    start = time.time()
    train = Split(prep, "train")
    hashes, ends = train.column("tokens"), train.column("tokens-ends")
    glove_words = np.fromfile(f"{prep}/glove.i32", dtype="<i4")
    glove = np.fromfile(f"{prep}/glove.f32", dtype="<f4").reshape(-1, GLOVE)
    values, times = np.unique(hashes, return_counts=True)
    chosen = values[np.argsort(-times, kind="stable")[:TOKENS]]
    further = glove_words[~np.isin(glove_words, chosen)][:FURTHER]
    vocabulary = np.sort(np.concatenate([chosen, further]))
    vocabulary.astype("<i4").tofile(f"{prep}/vocabulary.i32")

    at = np.searchsorted(vocabulary, hashes).clip(0, len(vocabulary) - 1)
    known = vocabulary[at] == hashes
    counts = np.diff(ends)
    text = np.repeat(np.arange(len(counts)), counts)
    left, right = [], []
    for gap in range(1, WINDOW + 1):
        ok = (text[gap:] == text[:-gap]) & known[gap:] & known[:-gap]
        a, b = at[:-gap][ok], at[gap:][ok]
        left += [a, b]
        right += [b, a]
    size = len(vocabulary)
    own = scaled(factorise(pmi(np.concatenate(left), np.concatenate(right), (size, size)), GLOVE + OWN, generator))
    print("tokens", round(time.time() - start), "s", flush=True)
    # Where a word has a vector of GloVe's, that stands in front, and of the own ones fewer.
    order = np.argsort(glove_words)
    place = order[np.searchsorted(glove_words[order], vocabulary).clip(0, len(order) - 1)]
    has = glove_words[place] == vocabulary
    glove = glove - glove[:20000].mean(0)
    own[has] = np.concatenate([scaled(glove[place[has]]), own[has][:, :OWN]], 1)
    own.tofile(f"{prep}/vectors.f32")


if __name__ == "__main__":
    main(*sys.argv[1:])
