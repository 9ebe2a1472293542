"""What trained members say together of every text of PREP, for the teacher of train.py and network.py.
Usage: teach.py PREP OUT.npy MEMBER.pt=WEIGHT …; bags and networks, the weights of their logits as calibrate.mjs fits them."""
import sys

import numpy as np
import torch

from learn import Columns
from network import Network, Texts, predict
from train import Issues, columns_of
from train import predict as predict_bag


def logits_of(path, data, index):
    saved = torch.load(path)
    o = saved["options"]
    if "vocabulary" in saved:
        network = Network(o)
        network.load_state_dict(saved["state"])
        return predict(network, Texts(data, o, saved["vocabulary"]), index)
    bag = Issues(o)
    bag.load_state_dict(saved["state"])
    return predict_bag(bag, columns_of(data, o), index)


def main(prep, out, *members):
    torch.set_num_threads(1)
    data = Columns(prep)
    index = np.arange(len(data.kinds))
    logits = sum(float(weight) * logits_of(path, data, index) for path, weight in (member.split("=") for member in members))
    np.save(out, (1 / (1 + np.exp(-logits))).astype(np.float32))


if __name__ == "__main__":
    main(*sys.argv[1:])
