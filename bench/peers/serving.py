"""What the peers share: they read works from standard input, one JSON object per line, and answer each with a line.

A request holds `options` (of lamella's MLPClassifier), `epochs` (to time) and `data` (files of raw bytes). The answer
holds `secondsPerEpoch`, `cpuSecondsPerEpoch` and, where it is defined as lamella's, `firstLoss`. The first line that a
peer writes is its name.
"""

import json
import os
import signal
import sys
import time

import numpy as np


def load(data):
    """Rows as float32 (rows, features), and labels."""
    labels = np.fromfile(data["labels"], np.uint8)
    rows = np.fromfile(data["rows"], np.uint8).reshape(len(labels), data["features"])
    values = (np.arange(256) * data["scale"]).astype(np.float32)  # rounded once, as lamella does
    return values[rows], labels


def now():
    """Seconds by the clock, and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def serve(name, measure):
    """Answer requests with measure(options, epochs, rows, labels): the times per epoch of `now`, and the first loss."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1" or os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("One thread is to be measured: set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print(name, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        rows, labels = load(request["data"])
        (wall, cpu), loss = measure(request["options"], request["epochs"], rows, labels)
        answer = {"secondsPerEpoch": wall, "cpuSecondsPerEpoch": cpu}
        print(json.dumps(answer if loss is None else {**answer, "firstLoss": loss}), flush=True)
