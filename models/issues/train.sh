#!/usr/bin/env bash
# Trains the members of the issue-type model, seeded, one thread each, two at a time where neither needs the other.
# Usage: train.sh PREP OUT; what is in OUT already is taken as it is.
set -euo pipefail
prep=$1 out=$2
here=$(dirname "$0")
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
mkdir -p "$out"
train() { [ -e "$out/$2" ] || python3 "$here/$1" "$prep" "$out/$2" "${@:3}"; }

# First learned from rules of words and mapped sets, then from the labelled texts …
train train.py first-bag.pt &
bag=$!
train vectors.py vectors.npz
train network.py first.pt vectors="$out/vectors.npz" width=160 kernels=4
wait "$bag"
# … and again, with what these two say of all texts in place of the rules.
train teach.py taught.npy "$out/first-bag.pt=0.335" "$out/first.pt=0.722"
train train.py bag.pt teacher="$out/taught.npy" &
bag=$!
train network.py 1.network.pt vectors="$out/vectors.npz" teacher="$out/taught.npy"
wait "$bag"
