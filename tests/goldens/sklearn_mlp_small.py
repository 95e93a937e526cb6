"""Loss curves of MLPClassifier on iris and digits -> sklearn_mlp_small.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_mlp_small.py

Nothing stops early (tol 0, nIterNoChange 1000). Inputs are float32: iris as scikit-learn stores it,
digits divided by 16. The JSON file holds

  sklearn, numpy   versions
  datasets         name -> {rows, features, classes, scaling, firstRow, lastRow, sum, weightedSum, labelSum,
                   weightedLabelSum}; the numbers are load_iris(), load_digits() in their own order. The sums
                   are over the float32 values, in the weighted ones value i counts (i % 97 + 1) times
  tolerance        relative tolerance that `agree` was counted with
  cases            one per line:
    name, dataset
    params         every constructor parameter of the estimator
    initial        weights before the first step. iris: {coefs: [{shape, data}], intercepts: [[...]]};
                   digits: per array {shape, first (8 values), last (8 values), sum (float64)}
    lossCurve      of the float32 run
    agree          number of leading epochs in which that run, a float64 run and eight float32 runs
                   with reordered input columns (and the rows of the first weight matrix with them)
                   have the same loss within the tolerance
    agreeFloat32   the same without the float64 run: smaller rounding noise, and float64 clips probabilities
                   at 2^-52 instead of 2^-23, which shows where a first loss is very large
    score          accuracy on the training rows after the last epoch
    scoreRange     [lowest, highest] such accuracy among all ten runs
    labels         predicted class of every training row (iris only)
    unsure         rows of `labels` on which the ten runs do not all agree (iris only)
"""

import itertools
import math
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_digits, load_iris

from golden_common import (agreeing_epochs, camel_params, column_orders, sampled_weights, variants, whole_weights,
                          write_json)

TOLERANCE = 1e-4
RATES = {("iris", "sgd"): 0.01, ("iris", "adam"): 0.01, ("digits", "sgd"): 0.05, ("digits", "adam"): 0.001}
DIVISOR = {"iris": 1, "digits": 16}


def load(name):
    data = load_iris() if name == "iris" else load_digits()
    return (data.data / DIVISOR[name]).astype(np.float32), data.target


def weighted_sum(values):
    flat = np.asarray(values, np.float64).ravel()
    return math.fsum(flat * (np.arange(flat.size) % 97 + 1))


def describe(name):
    x, y = load(name)
    return {"rows": len(y), "features": x.shape[1], "classes": len(set(y)),
            "scaling": "as stored, float32" if DIVISOR[name] == 1 else "divided by 16, float32",
            "firstRow": x[0], "lastRow": x[-1], "sum": math.fsum(x.ravel().tolist()), "weightedSum": weighted_sum(x),
            "labelSum": y.sum(), "weightedLabelSum": weighted_sum(y)}


def settings():
    """(dataset, solver, activation, seed, further parameters) of every case."""
    solvers = ("sgd", "adam")
    activations = ("relu", "tanh", "logistic")
    for dataset, sizes in (("iris", [10]), ("digits", [20, 10])):
        for solver, activation, seed in itertools.product(solvers, activations, range(5)):
            yield dataset, solver, activation, seed, {"hiddenLayerSizes": sizes}
        for solver, activation in itertools.product(solvers, activations):
            yield dataset, solver, activation, 0, {"hiddenLayerSizes": [16]}
        for solver, activation, seed in (("sgd", "relu", 0), ("sgd", "tanh", 1), ("adam", "relu", 2), ("adam", "logistic", 3)):
            yield dataset, solver, activation, seed, {"hiddenLayerSizes": sizes, "batchSize": 32}
        for solver in solvers:
            yield dataset, solver, "identity", 1, {"hiddenLayerSizes": sizes}
            yield dataset, solver, "identity", 7, {"hiddenLayerSizes": sizes}
    yield "iris", "sgd", "relu", 0, {"hiddenLayerSizes": [10], "shuffle": False, "batchSize": 32}
    yield "iris", "adam", "relu", 4294967295, {"hiddenLayerSizes": [7, 5, 3]}
    yield "iris", "sgd", "tanh", 5, {"hiddenLayerSizes": [], "batchSize": 64}
    yield "digits", "sgd", "relu", 1, {"hiddenLayerSizes": [20, 10], "nesterovsMomentum": False}


def make(dataset, solver, activation, seed, extra):
    x, y = load(dataset)
    params = {"solver": solver, "activation": activation, "randomState": seed, "maxIter": 30,
              "learningRateInit": RATES[dataset, solver], "tol": 0.0, "nIterNoChange": 1000, **extra}
    first, others = variants("classifier", params, x, lambda estimator, data: estimator.fit(data, y))
    labels = [first.predict(x), others[0].predict(x.astype(np.float64))]
    for order, other in zip(column_orders(x.shape[1]), others[1:]):
        labels.append(other.predict(np.ascontiguousarray(x[:, order])))
    scores = [np.mean(row == y) for row in labels]
    notes = "".join("-%s%s" % (key, value) for key, value in extra.items() if key not in ("hiddenLayerSizes", "batchSize"))
    batch = "-batch%d" % extra["batchSize"] if "batchSize" in extra else ""
    sizes = "x".join(map(str, extra["hiddenLayerSizes"])) or "none"
    case = {"name": "%s-%s-%s-%s-seed%d%s%s" % (dataset, solver, activation, sizes, seed, batch, notes),
            "dataset": dataset, "params": camel_params(first),
            "initial": (whole_weights if dataset == "iris" else sampled_weights)(first.initial),
            "lossCurve": first.loss_curve_, "agree": agreeing_epochs(first, others),
            "agreeFloat32": agreeing_epochs(first, others[1:]),
            "score": scores[0], "scoreRange": [min(scores), max(scores)]}
    if dataset == "iris":
        case["labels"] = labels[0]
        case["unsure"] = np.flatnonzero(np.ptp(labels, axis=0))
    assert scores[0] == first.score(x, y)
    print(case["name"], "%.4f -> %.4f" % (case["lossCurve"][0], case["lossCurve"][-1]), case["agree"], "%.3f" % case["score"])
    return case


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    datasets = {name: describe(name) for name in ("iris", "digits")}
    write_json("sklearn_mlp_small.json",
               {"sklearn": sklearn.__version__, "numpy": np.__version__, "datasets": datasets, "tolerance": TOLERANCE},
               cases=[make(*setting) for setting in settings()])
