"""scikit-learn's MLPClassifier. The time of an epoch is the difference of two fits, so that preparations do not count."""

import re
import warnings

import sklearn
from serving import now, serve
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")


def snake_case(name):
    return re.sub("[A-Z0-9]+", lambda found: "_" + found.group().lower(), name)


def fit(options, epochs, rows, labels):
    """The estimator, and the seconds that its fit took, by the clock and of the processor."""
    network = MLPClassifier(**options, max_iter=epochs, tol=0, n_iter_no_change=10**9, random_state=1)
    start = now()
    network.fit(rows, labels)
    return network, now() - start


def measure(options, epochs, rows, labels):
    options = {snake_case(name): value for name, value in options.items()}
    first, preparation = fit(options, 1, rows, labels)
    _, whole = fit(options, 1 + epochs, rows, labels)
    return (whole - preparation) / epochs, float(first.loss_curve_[0])


serve(f"scikit-learn {sklearn.__version__}", measure)
