"""Writes the training texts as lines of tokens (t<hash>) and pairs of tokens (p<bucket>), for `fasttext skipgram`.
Usage: corpus.py PREP OUT.txt"""
import sys

import numpy as np

BUCKET_BITS, PAIR_BITS = 20, 17
LEAST = 4


def main(prep, out):
    column = lambda name: np.fromfile(f"{prep}/{name}.i32", dtype="<i4")
    tokens, ends, grams, gram_ends = (column(name) for name in ("tokens", "tokens-ends", "grams", "grams-ends"))
    seen = set()
    with open(out, "w") as file:
        for i in range(len(ends) - 1):
            text = tokens[ends[i] : ends[i + 1]]
            key = text.tobytes()
            if len(text) < LEAST or key in seen:
                continue
            seen.add(key)
            own = grams[gram_ends[i] : gram_ends[i + 1]]
            place = np.arange(len(text))
            # Of u0 u1 b1 u2 b2 t2 u3 b3 t3 … the b, as in network.py.
            at = np.minimum(np.where(place < 2, 2, 3 * place - 2), len(own) - 1)
            pairs = (own[at] >> (BUCKET_BITS - PAIR_BITS)) + 1
            words = [f"t{text[0]}"]
            for pair, token in zip(pairs[1:], text[1:]):
                words += [f"p{pair}", f"t{token}"]
            file.write(" ".join(words) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
