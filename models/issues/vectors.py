"""First vectors for the network's tables, without labels: what stands near a token, or near a pair of tokens, in the training
texts (positive pointwise mutual information, factorised). Usage: vectors.py PREP OUT.npz"""
import os
import sys
import time

import numpy as np

from learn import Columns
from network import DEFAULTS, Texts

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from data import SEED  # noqa: E402
from vectors import factorise, pmi, scaled  # noqa: E402

WINDOW = 4
# Rarer pairs keep what chance gave them.
LEAST = 5


def main(prep, out):
    start = time.time()
    texts = Texts(Columns(prep), DEFAULTS)
    words = len(texts.vocabulary)
    counts = np.diff(texts.ends)
    text = np.repeat(np.arange(len(counts)), counts)
    # Rows: 0 … of tokens, by their place in the vocabulary; then of pairs, by their bucket. Columns: tokens.
    token = np.where(texts.ids <= words, texts.ids - 1, -1)
    times = np.bincount(texts.pairs)
    often = np.flatnonzero(times >= LEAST)
    often = often[often > 0]
    place = np.full(len(times), -1)
    place[often] = words + np.arange(len(often))
    pair = place[texts.pairs]
    rows, columns = [], []
    for gap in range(1, WINDOW + 1):
        same = text[gap:] == text[:-gap]
        # A pair begins one token earlier, so what is before it is one farther.
        for here, there, ok in (
            (token[gap:], token[:-gap], same),
            (token[:-gap], token[gap:], same),
            (pair[:-gap], token[gap:], same),
            (pair[gap + 1 :], token[: -gap - 1], text[gap + 1 :] == text[: -gap - 1]),
        ):
            ok = ok & (here >= 0) & (there >= 0)
            rows.append(here[ok].astype(np.int32))
            columns.append(there[ok].astype(np.int32))
    near = pmi(np.concatenate(rows), np.concatenate(columns), (words + len(often), words))
    vectors = scaled(factorise(near, DEFAULTS["dim"], np.random.default_rng(SEED)))
    np.savez(out, words=texts.vocabulary, pairs=often, vectors=vectors)
    print("vectors", near.shape, near.nnz, round(time.time() - start), "s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
