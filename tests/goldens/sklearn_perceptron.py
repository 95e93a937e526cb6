"""Perceptron runs, to the last bit -> sklearn_perceptron.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_perceptron.py

Where a penalty makes 1.9 stop after another epoch than 1.2.1, as 1.9: perceptron_epochs.py.
All in float64: the inputs are the float64 numbers of the JSON file, not float32. The JSON file holds

  sklearn, numpy   versions
  data          name -> {note, x: {shape, data}, y, divideBy: (some) x is data / divideBy}
  cases         one per line:
    name, data
    params      every constructor parameter; classWeight as 'balanced' or [[label, weight]...]
    calls       in order, with how things stood after each:
      method    'fit' or 'partialFit'
      rows      [first, end) of the data; absent: all
      set       parameters changed before the call
      classes, sampleWeight   arguments
      coef      {shape: [1 or classes, features], data}, exact
      intercept, nIter, t
      warnings  texts
    classes
    decision    decisionFunction of the first 5 rows (BLAS may round the last bits otherwise)
    labels      predict of all rows
    score
  errors        {name, type, message}: what scikit-learn answers to misuse
"""

import itertools
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import Perceptron

import perceptron_epochs
from golden_common import camel, matrix, snake, write_json


def make_data():
    iris, digits = load_iris(), load_digits()
    x, y = iris.data, iris.target
    overlapping = y > 0
    order = np.random.RandomState(0).permutation(100)
    return {
        "iris": ("load_iris", x, y),
        "irisNames": ("iris with species names", x, iris.target_names[y]),
        "petals": ("petal length and width of load_iris; label: is setosa (1) or not (0)", x[:, 2:], (y == 0).astype(int)),
        "overlapping": ("versicolor (-1) and virginica (1) of load_iris in the order RandomState(0).permutation(100)",
                        x[overlapping][order], np.where(y[overlapping] == 1, -1, 1)[order]),
        "digits": ("first 200 rows of load_digits, pixels divided by 16", digits.data[:200] / 16, digits.target[:200]),
        "fours": ("digits; label: is a 4 (true) or not (false)", digits.data[:200] / 16, digits.target[:200] == 4),
    }


DATA = make_data()
FIT = [{"method": "fit"}]


def pairs(weights):
    return [[key, value] for key, value in weights.items()] if isinstance(weights, dict) else weights


def constructor(estimator):
    return {key: value for key, value in estimator.get_params().items() if key != "n_jobs"}


def case(name, data, params=None, calls=FIT):
    params = {"randomState": 0, **(params or {})}
    note, x, y = DATA[data]
    estimator = Perceptron(**{snake(key): value for key, value in params.items()})
    stored = {camel(key): value for key, value in estimator.get_params().items()}
    stored["classWeight"] = pairs(stored["classWeight"])
    log = []
    for call in calls:
        rows = slice(*call["rows"]) if "rows" in call else slice(None)
        estimator.set_params(**{snake(key): value for key, value in call.get("set", {}).items()})
        arguments = {snake(key): call[key] for key in ("classes", "sampleWeight") if key in call}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if call["method"] == "fit" and perceptron_epochs.applies(estimator.get_params()):
                estimator = perceptron_epochs.fit(x[rows], y[rows], constructor(estimator), arguments.get("sample_weight"))
            else:
                getattr(estimator, snake(call["method"]))(x[rows], y[rows], **arguments)
        log.append({**call, "coef": matrix(estimator.coef_), "intercept": estimator.intercept_.copy(),
                    "nIter": estimator.n_iter_, "t": estimator.t_, "warnings": [str(item.message) for item in caught]})
    decision = estimator.decision_function(x[:5])
    result = {"name": name, "data": data, "params": stored, "calls": log, "classes": estimator.classes_,
              "decision": decision if decision.ndim == 1 else matrix(decision),
              "labels": estimator.predict(x), "score": estimator.score(x, y)}
    print("%-32s nIter %4d t %8d score %.4f" % (name, estimator.n_iter_, estimator.t_, result["score"]), *log[-1]["warnings"])
    return result


def weights(rows, seed=3):
    """Deterministic sample weights 0, 0.5, 1, 1.5, ... of which some are zero."""
    return np.random.RandomState(seed).randint(0, 5, rows) / 2


def cases():
    yield case("petals-42", "petals", {"randomState": 42})
    for seed in (0, 1, 2, 4294967295):
        yield case("petals-seed%d" % seed, "petals", {"randomState": seed})
        yield case("iris-seed%d" % seed, "iris", {"randomState": seed})
    for data, penalty in itertools.product(("iris", "overlapping", "digits"), (None, "l2", "l1", "elasticnet")):
        yield case("%s-%s" % (data, penalty), data, {"penalty": penalty, "randomState": 5})
    yield case("iris-l2-strong", "iris", {"penalty": "l2", "alpha": 0.05})
    yield case("iris-l1-strong", "iris", {"penalty": "l1", "alpha": 0.02})
    yield case("iris-elasticnet-ratio", "iris", {"penalty": "elasticnet", "alpha": 0.01, "l1Ratio": 0.7})
    yield case("iris-elasticnet-all-l1", "iris", {"penalty": "elasticnet", "alpha": 0.01, "l1Ratio": 1.0})
    yield case("iris-elasticnet-all-l2", "iris", {"penalty": "elasticnet", "alpha": 0.01, "l1Ratio": 0.0})
    yield case("overlapping-l2-rescale", "overlapping", {"penalty": "l2", "alpha": 0.5})
    yield case("overlapping-l2-zero", "overlapping", {"penalty": "l2", "alpha": 2.0})
    yield case("fours-l1", "fours", {"penalty": "l1", "alpha": 0.001})
    for data in ("iris", "overlapping", "fours", "digits"):
        yield case(data + "-balanced", data, {"classWeight": "balanced", "randomState": 1})
    yield case("iris-weighted", "iris", {"classWeight": {0: 1.0, 1: 3.0, 2: 0.5}})
    yield case("iris-weighted-partly", "iris", {"classWeight": {1: 0.25}})
    yield case("names-weighted", "irisNames", {"classWeight": {"versicolor": 2.0, "virginica": 1.5}})
    yield case("overlapping-weighted", "overlapping", {"classWeight": {-1: 1.0, 1: 4.0}})
    yield case("overlapping-weighted-l2", "overlapping", {"classWeight": {-1: 0.3, 1: 1.7}, "penalty": "l2"})
    for data, seed in itertools.product(("iris", "overlapping", "fours", "digits"), (0, 7)):
        yield case("%s-early-seed%d" % (data, seed), data, {"earlyStopping": True, "randomState": seed})
    yield case("iris-early-fraction", "iris", {"earlyStopping": True, "validationFraction": 0.33, "nIterNoChange": 3})
    yield case("iris-early-l2", "iris", {"earlyStopping": True, "penalty": "l2", "alpha": 0.01})
    yield case("overlapping-early-elasticnet", "overlapping", {"earlyStopping": True, "penalty": "elasticnet", "alpha": 0.001})
    yield case("overlapping-early-tol-none", "overlapping", {"earlyStopping": True, "tol": None, "maxIter": 12})
    for data in ("iris", "overlapping", "digits"):
        yield case(data + "-noshuffle", data, {"shuffle": False})
        yield case(data + "-nointercept", data, {"fitIntercept": False})
    yield case("petals-nointercept", "petals", {"fitIntercept": False})
    yield case("iris-noshuffle-l1", "iris", {"shuffle": False, "penalty": "l1", "alpha": 0.001})
    yield case("iris-eta", "iris", {"eta0": 0.1})
    yield case("iris-eta-l2", "iris", {"eta0": 0.03, "penalty": "l2"})
    yield case("overlapping-eta", "overlapping", {"eta0": 7.3})
    for data in ("iris", "overlapping"):
        yield case(data + "-tol-none", data, {"tol": None, "maxIter": 15})
        yield case(data + "-tol-tiny", data, {"tol": 1e-9, "nIterNoChange": 20})
        yield case(data + "-tol-large", data, {"tol": 0.5, "nIterNoChange": 2})
        yield case(data + "-cut", data, {"maxIter": 4})
        yield case(data + "-once", data, {"maxIter": 1, "tol": None})
    yield case("names", "irisNames", {"randomState": 3})
    for data in ("iris", "overlapping"):
        rows = len(DATA[data][2])
        yield case(data + "-warm", data, {"warmStart": True, "maxIter": 5, "tol": None}, FIT * 3)
        yield case(data + "-warm-early", data, {"warmStart": True, "earlyStopping": True}, FIT * 2)
        yield case(data + "-warm-l1", data, {"warmStart": True, "penalty": "l1", "maxIter": 6, "tol": None}, FIT * 2)
        yield case(data + "-refit", data, {"maxIter": 6, "tol": None}, FIT * 2)
        yield case(data + "-sample-weight", data, {"randomState": 2}, [{"method": "fit", "sampleWeight": weights(rows)}])
        yield case(data + "-sample-weight-elasticnet", data, {"penalty": "elasticnet", "classWeight": "balanced"},
                   [{"method": "fit", "sampleWeight": weights(rows, 4)}])
        yield case(data + "-sample-weight-early", data, {"earlyStopping": True, "randomState": 4},
                   [{"method": "fit", "sampleWeight": weights(rows, 5)}])
    first = {"method": "partialFit", "classes": [0, 1, 2]}
    yield case("iris-partial", "iris", None, [first] + [{"method": "partialFit"}] * 4)
    yield case("iris-partial-chunks", "iris", {"randomState": 9},
               [{**first, "rows": [0, 60]}, {"method": "partialFit", "rows": [40, 110]}, {"method": "partialFit", "rows": [90, 150]}])
    yield case("iris-partial-l2", "iris", {"penalty": "l2", "alpha": 0.01}, [first] + [{"method": "partialFit"}] * 3)
    yield case("iris-partial-l1-weights", "iris", {"penalty": "l1", "classWeight": {0: 2.0, 1: 1.0, 2: 0.5}},
               [{**first, "sampleWeight": weights(150)}, {"method": "partialFit", "sampleWeight": weights(150, 6)}])
    yield case("iris-fit-partial", "iris", {"maxIter": 5, "tol": None}, FIT + [{"method": "partialFit"}] * 2)
    yield case("iris-partial-fit", "iris", {"maxIter": 5, "tol": None}, [first, {"method": "fit"}])
    yield case("overlapping-partial", "overlapping", None, [{"method": "partialFit", "classes": [-1, 1]}] + [{"method": "partialFit"}] * 4)
    yield case("overlapping-partial-set", "overlapping", None,
               [{"method": "partialFit", "classes": [-1, 1]}, {"method": "partialFit", "set": {"randomState": 11, "eta0": 0.5}}])


def errors():
    def fit(data, rows=slice(None), sample_weight=None, **params):
        note, x, y = DATA[data]
        return Perceptron(random_state=0, **params).fit(x[rows], y[rows], sample_weight=sample_weight)

    def partial(data, classes=None, **params):
        note, x, y = DATA[data]
        return Perceptron(**params).partial_fit(x, y, classes=classes)

    mask = weights(150) * 0
    mask[5] = 1
    attempts = {
        "one class": lambda: fit("iris", slice(0, 40)),
        "partialFit without classes": lambda: partial("iris"),
        "partialFit balanced": lambda: partial("iris", [0, 1, 2], class_weight="balanced"),
        "partialFit with early stopping": lambda: partial("iris", [0, 1, 2], early_stopping=True),
        "overflow": lambda: fit("iris", eta0=1e308),
        "class weight of an unknown class": lambda: fit("iris", class_weight={7: 2.0}),
        "all validation weights zero": lambda: fit("iris", early_stopping=True, sample_weight=mask),
        "predict before fit": lambda: Perceptron().predict(DATA["iris"][1]),
        "other number of features": lambda: fit("iris").predict(DATA["petals"][1]),
        "validation set too small": lambda: fit("iris", early_stopping=True, validation_fraction=0.01),
    }
    for name, attempt in attempts.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                attempt()
        except Exception as error:  # every kind of refusal is wanted
            yield {"name": name, "type": type(error).__name__, "message": str(error)}
        else:
            yield {"name": name, "type": None, "message": None}


if __name__ == "__main__":
    np.seterr(all="ignore")
    data = {}
    for name, (note, x, y) in DATA.items():
        scaled = "pixels" in note or name == "fours"
        data[name] = {"note": note, "x": matrix(x * 16 if scaled else x), "y": y, **({"divideBy": 16} if scaled else {})}
    write_json("sklearn_perceptron.json", {"sklearn": sklearn.__version__, "numpy": np.__version__, "data": data},
               cases=list(cases()), errors=list(errors()))
