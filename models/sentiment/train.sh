#!/usr/bin/env bash
# Trains the members of the sentiment model, one after the other, one thread each. Usage: train.sh PREP OUT
set -euo pipefail
prep=$1 out=$2
here=$(dirname "$0")
mkdir -p "$out"
python3 "$here/bag.py" "$prep" "$out/bag.pt" words=0.4 epochs=4
python3 "$here/sequence.py" "$prep" "$out/1.sequence.pt" pair=0 width=160 lr=1.2e-3 epochs=3 seed=1
python3 "$here/sequence.py" "$prep" "$out/2.sequence.pt" pair=32 width=128 words=0.25 dropout=0.5 lr=1.2e-3 epochs=3 power=0.6 seed=4
