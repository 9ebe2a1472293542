"""What a trained bag and network say together of every text of PREP, for network.py's teacher.
Usage: teach.py PREP BAG.pt NETWORK.pt BAG_WEIGHT NETWORK_WEIGHT OUT.npy; the weights as calibrate.mjs fitted them."""
import os
import sys

import numpy as np
import torch

from network import Network, Texts, predict
from train import Columns, Issues
from train import predict as predict_bag

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sentiment"))
from bag import Ragged  # noqa: E402


def main(prep, bag_path, network_path, bag_weight, network_weight, out):
    torch.set_num_threads(1)
    data = Columns(prep)
    saved = torch.load(bag_path)
    bag = Issues(saved["options"])
    bag.load_state_dict(saved["state"])
    columns = [Ragged(data, "grams", saved["options"]["gram_bits"]), Ragged(data, "pieces", saved["options"]["piece_bits"])]
    index = np.arange(len(data.kinds))
    logits = float(bag_weight) * predict_bag(bag, columns, index)
    saved = torch.load(network_path)
    network = Network(saved["options"])
    network.load_state_dict(saved["state"])
    logits = logits + float(network_weight) * predict(network, Texts(data, saved["options"], saved["vocabulary"]), index)
    np.save(out, (1 / (1 + np.exp(-logits))).astype(np.float32))


if __name__ == "__main__":
    main(*sys.argv[1:])
