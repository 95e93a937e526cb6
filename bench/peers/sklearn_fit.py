"""scikit-learn's MLPClassifier and MLPRegressor. The time of an epoch is the difference of two fits, so that preparations do not count."""

import re
import warnings

import sklearn
from serving import now, serve_trainings
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


def train(request, rows, targets):
    estimator, epochs = request["estimator"], request["epochs"]
    if "layers" in request:
        raise NotImplementedError("it has no convolutions")
    options = {snake_case(name): value for name, value in request["options"].items()}
    _, preparation = fit(estimator, options, 1, rows, targets)
    network, whole = fit(estimator, options, 1 + epochs, rows, targets)
    curve = [float(loss) for loss in network.loss_curve_]
    return (whole - preparation) / epochs, [curve[0], curve[-1]], curve[0]


serve_trainings(f"scikit-learn {sklearn.__version__}", train)
