"""scikit-learn's MLPClassifier and MLPRegressor. The time of an epoch is the difference of two fits, so that preparations do not count."""

import re
import warnings

import sklearn
from serving import now, serve
from sklearn import neural_network

warnings.filterwarnings("ignore")


def snake_case(name):
    return re.sub("[A-Z0-9]+", lambda found: "_" + found.group().lower(), name)


def fit(estimator, options, epochs, rows, targets):
    """The estimator, and the seconds that its fit took, by the clock and of the processor."""
    kind = getattr(neural_network, estimator)
    network = kind(**options, max_iter=epochs, tol=0, n_iter_no_change=10**9, random_state=1)
    start = now()
    network.fit(rows, targets)
    return network, now() - start


def measure(request, rows, targets):
    estimator, epochs = request["estimator"], request["epochs"]
    options = {snake_case(name): value for name, value in request["options"].items()}
    first, preparation = fit(estimator, options, 1, rows, targets)
    _, whole = fit(estimator, options, 1 + epochs, rows, targets)
    return (whole - preparation) / epochs, float(first.loss_curve_[0])


serve(f"scikit-learn {sklearn.__version__}", measure)
