"""What the peers share: they read works from standard input, one JSON object per line, and answer each with a line.

A request holds `estimator` (MLPClassifier or MLPRegressor), its `options`, `epochs` (to time) and `data` (files of raw
values). The answer
holds `secondsPerEpoch`, `cpuSecondsPerEpoch` and, where it is defined as lamella's, `firstLoss`. The first line that a
peer writes holds its `name` and the numerical `libraries` that it found.
"""

import json
import os
import signal
import sys
import time

import numpy as np


def load(data):
    """Rows as float32 (rows, features), and targets: labels as bytes, or float32."""
    targets = np.fromfile(data["targets"], data["types"]["targets"])
    rows = np.fromfile(data["rows"], data["types"]["rows"]).reshape(len(targets), data["features"])
    if rows.dtype == np.float32:
        return rows, targets
    values = (np.arange(256) * data["scale"]).astype(np.float32)  # rounded once, as lamella does
    return values[rows], targets


def now():
    """Seconds by the clock, and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def libraries():
    """The numerical libraries, and the processor that they take this one for, as far as threadpoolctl can tell."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return []
    found = threadpool_info()
    if any(each["num_threads"] != 1 for each in found):
        sys.exit(f"One thread is to be measured, but there are more: {found}")
    return [
        f"{each['internal_api']} {each['version']} for {each['architecture']}" for each in found if "architecture" in each
    ]


def serve(name, measure):
    """Answer requests with measure(request, rows, targets): the times per epoch of `now`, and the first loss."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1" or os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("One thread is to be measured: set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print(json.dumps({"name": name, "libraries": libraries()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        rows, targets = load(request["data"])
        (wall, cpu), loss = measure(request, rows, targets)
        answer = {"secondsPerEpoch": wall, "cpuSecondsPerEpoch": cpu}
        print(json.dumps(answer if loss is None else {**answer, "firstLoss": loss}), flush=True)
