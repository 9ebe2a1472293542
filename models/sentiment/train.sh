#!/usr/bin/env bash
# Trains the members of the sentiment model, two at a time, one thread each. Usage: train.sh PREP OUT
set -euo pipefail
prep=$1 out=$2
here=$(dirname "$0")
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
mkdir -p "$out"
python3 "$here/vectors.py" "$prep"
{
  python3 "$here/linear.py" "$prep" "$out/linear.npz"
  python3 "$here/bag.py" "$prep" "$out/bag.pt" words=0.4 epochs=4 power=0.7
  python3 "$here/sequence.py" "$prep" "$out/2.sequence.pt" kind=gru width=96 lr=2e-3 epochs=2.2 head=96 tail=48 power=0.65 seed=2
} &
python3 "$here/pretrain.py" "$prep" "$out/pretrained.pt" seed=3
python3 "$here/sequence.py" "$prep" "$out/1.sequence.pt" kind=gru first="$out/pretrained.pt" width=96 lr=2e-3 epochs=2.2 head=64 tail=40 power=0.65 seed=1
wait $!
