#!/usr/bin/env bash
# Trains the members of the issue-type model, one after the other, one thread each: less than an hour of one core.
# Usage: train.sh PREP OUT; OUT/vectors.vec, if it is there, is taken as it is.
set -euo pipefail
prep=$1 out=$2
here=$(dirname "$0")
mkdir -p "$out"
if [ ! -e "$out/vectors.vec" ]; then
  python3 "$here/corpus.py" "$prep" "$out/corpus.txt"
  fasttext skipgram -input "$out/corpus.txt" -output "$out/vectors" -dim 96 -ws 8 -epoch 4 -minCount 5 -minn 0 -maxn 0 -thread 1 -neg 5 -lr 0.05 -t 0.0003
fi
# First learned from rules of words and mapped sets, then from the labelled texts …
python3 "$here/network.py" "$prep" "$out/first.pt" vectors="$out/vectors.vec" width=160 kernels=4
python3 "$here/train.py" "$prep" "$out/first-bag.pt"
# … and again, with what these two say of all texts in place of the rules.
python3 "$here/teach.py" "$prep" "$out/taught.npy" "$out/first-bag.pt=0.335" "$out/first.pt=0.722"
python3 "$here/train.py" "$prep" "$out/bag.pt" teacher="$out/taught.npy"
python3 "$here/network.py" "$prep" "$out/1.network.pt" vectors="$out/vectors.vec" teacher="$out/taught.npy"
