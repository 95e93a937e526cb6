"""The common part of the Python peers: they read requests from standard input, one JSON object per line, and answer each with a line.

The first line that a peer writes holds its `name` and the numerical `libraries` that it found. A work to train holds
`estimator` (MLPClassifier, MLPRegressor or Sequential, which also has `layers`), its `options`, `epochs` (to time) and
`data` (files of raw values). The answer holds `secondsPerEpoch`, `cpuSecondsPerEpoch`, `losses` (near the beginning, at the
end) and, where it is defined as lamella's, `firstLoss`; or why the peer is `unable`.
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
    """Return the seconds of the clock and of the processor."""
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


def serve(name, answer):
    """Answer requests with answer(request), a dictionary."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1" or os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("One thread is to be measured: set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    print(json.dumps({"name": name, "libraries": libraries()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def serve_trainings(name, train):
    """Answer works with train(request, rows, targets): times per epoch of `now`, the two losses, the loss to compare."""

    def answer(request):
        try:
            (wall, cpu), losses, first = train(request, *load(request["data"]))
        except NotImplementedError as error:
            return {"unable": str(error)}
        times = {"secondsPerEpoch": wall, "cpuSecondsPerEpoch": cpu, "losses": losses}
        return times if first is None else {**times, "firstLoss": first}

    serve(name, answer)
