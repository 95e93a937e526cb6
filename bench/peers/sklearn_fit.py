"""scikit-learn's MLPClassifier. The time of an epoch is the difference of two fits, so that preparations do not count."""

import re
import time
import warnings

import sklearn
from serving import serve
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")


def snake_case(name):
    return re.sub("[A-Z0-9]+", lambda found: "_" + found.group().lower(), name)


def fit(options, epochs, rows, labels):
    """The estimator, and the seconds that its fit took."""
    network = MLPClassifier(**options, max_iter=epochs, tol=0, n_iter_no_change=10**9, random_state=1)
    start = time.perf_counter()
    network.fit(rows, labels)
    return network, time.perf_counter() - start


def measure(options, epochs, rows, labels):
    options = {snake_case(name): value for name, value in options.items()}
    first, preparation = fit(options, 1, rows, labels)
    _, whole = fit(options, 1 + epochs, rows, labels)
    return {"secondsPerEpoch": (whole - preparation) / epochs, "firstLoss": float(first.loss_curve_[0])}


serve(f"scikit-learn {sklearn.__version__}", measure)
