"""Trains the recurrent network, without labels, to tell which token comes next: forwards and backwards (a language model, as
in ELMo and ULMFiT; Peters et al. 2018, Howard and Ruder 2018). Usage: pretrain.py PREP OUT.pt [key=value …]

The texts are those of training alone. Of the vocabulary, a sample stands for the whole in each step. sequence.py takes what it
learned as first=OUT.pt, with the same width, dim and outside_bits.
"""
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import sequence
from data import options, set_rate
from sequence import Network, Texts, batches

DEFAULTS = dict(sequence.DEFAULTS, kind="gru", width=96, head=160, tail=0, epochs=1.0, tokens=4096, lr=2e-3, negatives=1024)


def distinct(texts, least=4):
    """One of each text of at least so many tokens."""
    seen, kept = set(), []
    for i, (a, b) in enumerate(zip(texts.ends, texts.ends[1:])):
        key = texts.ids[a:b].tobytes()
        if b - a >= least and key not in seen:
            seen.add(key)
            kept.append(i)
    return np.array(kept)


def spans(texts, part, longest, generator):
    """Ids of these texts, padded; of a longer one a span of it."""
    ids = np.zeros((len(part), int(texts.lengths[part].max())), dtype=np.int64)
    for r, i in enumerate(part):
        a, n = texts.ends[i], int(texts.ends[i + 1] - texts.ends[i])
        if n > longest:
            a += generator.integers(0, n - longest + 1)
            n = longest
        ids[r, :n] = texts.ids[a : a + n]
    return torch.from_numpy(ids)


def main(prep, out, *arguments):
    o = options(DEFAULTS, arguments)
    torch.set_num_threads(1)
    torch.manual_seed(o["seed"])
    generator = np.random.default_rng(o["seed"])
    train = Texts(prep, "train", o)
    model = Network(o, prep, len(train.vocabulary))
    count = model.embed.weight.shape[0]
    times = np.bincount(train.ids, minlength=count) + 1.0
    chance = times**0.75 / (times**0.75).sum()
    # How common a token is, is given; how often the sample has it, taken out.
    bias = torch.from_numpy((np.log(times / times.sum()) - np.log(chance * o["negatives"])).astype(np.float32))
    guess = nn.ModuleList(nn.Linear(o["width"], o["dim"]) for _ in range(2))
    rest = [*model.gru.parameters(), *guess.parameters()]
    optimisers = [torch.optim.SparseAdam([model.embed.weight]), torch.optim.Adam(rest)]
    kept, planned = distinct(train), []
    for _ in range(int(np.ceil(o["epochs"]))):
        planned += batches(kept, train, generator)
    total = int(len(planned) * o["epochs"] / np.ceil(o["epochs"]))
    start, mean = time.time(), 0
    model.train()
    for done, part in enumerate(planned[:total]):
        set_rate(optimisers, o["lr"] * min(1, (done + 1) / 200) * max(0.05, 1 - done / total))
        ids = spans(train, part, o["head"], generator)
        packed = nn.utils.rnn.pack_padded_sequence(F.dropout(model.embed(ids), 0.1), (ids > 0).sum(1), batch_first=True, enforce_sorted=False)
        y, _ = nn.utils.rnn.pad_packed_sequence(model.gru(packed)[0], batch_first=True)
        real = ids[:, 1:] > 0
        forth, back = y[:, :-1, : o["width"]][real], y[:, 1:, o["width"] :][real]
        z = F.dropout(torch.cat([guess[0](forth), guess[1](back)]), 0.1)
        target = torch.cat([ids[:, 1:][real], ids[:, :-1][real]])
        sample = torch.from_numpy(generator.choice(count, o["negatives"], p=chance))
        right = (z * model.embed(target)).sum(1) + bias[target]
        others = z @ model.embed(sample).T + bias[sample]
        others = others.masked_fill(sample == target[:, None], -1e4)
        loss = (torch.logsumexp(torch.cat([right[:, None], others], 1), 1) - right).mean()
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(rest, 1.0)
        for optimiser in optimisers:
            optimiser.step()
        mean += float(loss) / 200
        if done % 200 == 199:
            print(done + 1, total, round(mean, 3), round(time.time() - start), "s", flush=True)
            mean = 0
    torch.save({"embed": model.embed.weight.detach(), "gru": model.gru.state_dict()}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
