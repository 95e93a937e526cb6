"""What the peers share: they read works from standard input, one JSON object per line, and answer each with a line.

A request holds `options` (of lamella's MLPClassifier), `epochs` (to time) and `data` (files of raw bytes). The answer
holds `secondsPerEpoch` and, where it is defined as lamella's, `firstLoss`. The first line that a peer writes is its name.
"""

import json
import os
import signal
import sys

import numpy as np


def load(data):
    """Rows as float32 (rows, features), and labels."""
    labels = np.fromfile(data["labels"], np.uint8)
    rows = np.fromfile(data["rows"], np.uint8).reshape(len(labels), data["features"])
    return rows.astype(np.float32) * np.float32(data["scale"]), labels


def serve(name, measure):
    """Answer requests with measure(options, epochs, rows, labels)."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1" or os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("One thread is to be measured: set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print(name, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        rows, labels = load(request["data"])
        print(json.dumps(measure(request["options"], request["epochs"], rows, labels)), flush=True)
