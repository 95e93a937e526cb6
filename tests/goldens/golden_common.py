"""Shared helpers of the golden-data scripts: parameter names, recorded weights, agreement, JSON.

Not run by itself. Every script here is run as

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/<script>.py

and rewrites the JSON file of its own name. Made with Debian's python3-sklearn 1.2.1, numpy 1.24.2,
scipy 1.10.1 and python3-torch 1.13. The last digits of float32 losses depend on the BLAS kernel that
the processor selects.

Conventions of every JSON file
  - parameter names are camelCase, without scikit-learn's trailing underscore;
  - float32 values carry the shortest text that rounds back to the same float32, float64 values the
    shortest that rounds back to the same float64;
  - a matrix is {"shape": [rows, columns], "data": [row after row]};
  - non-finite numbers are the strings "inf", "-inf", "nan";
  - one case per line.
"""

import json
import math
import os
import re

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

FOLDER = os.path.dirname(os.path.abspath(__file__))


# ---------------------------------------------------------------- JSON

def camel(name):
    """hidden_layer_sizes -> hiddenLayerSizes; trailing underscores are dropped."""
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name.strip("_"))


def snake(name):
    """hiddenLayerSizes -> hidden_layer_sizes; beta1 -> beta_1."""
    name = re.sub(r"([A-Z])", lambda match: "_" + match.group(1).lower(), name)
    return re.sub(r"^beta([12])$", r"beta_\1", name)


def matrix(values):
    values = np.asarray(values)
    return {"shape": list(values.shape), "data": values.flatten()}


def plain(value):
    """The value as JSON types, floats shortened to what their own precision needs."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(list(value)) if value.ndim == 1 else plain(matrix(value))
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
        number = float(str(value)) if isinstance(value, np.float32) else float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 and str(number) != "-0.0" else number
    if value is None or isinstance(value, str):
        return str(value) if isinstance(value, str) else None
    raise TypeError("no JSON form for " + type(value).__name__)


def compact(value):
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def write_json(name, header, **lists):
    """Writes {header..., list: [one item per line], ...} next to this file."""
    parts = ['"%s":%s' % (key, compact(item)) for key, item in header.items()]
    for key, items in lists.items():
        parts.append('"%s":[\n%s\n]' % (key, ",\n".join(compact(item) for item in items)))
    path = os.path.join(FOLDER, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("{" + ",\n".join(parts) + "}\n")
    counts = ", ".join("%d %s" % (len(items), key) for key, items in lists.items())
    print("%s: %s, %d bytes" % (name, counts, os.path.getsize(path)))


def camel_params(estimator):
    """All constructor parameters of a scikit-learn estimator under camelCase names."""
    return {camel(key): value for key, value in estimator.get_params(deep=False).items()}


# ---------------------------------------------------------------- multilayer perceptrons

def permuted(initial, order):
    """Initial weights for inputs whose columns were reordered: the same rows of the first matrix."""
    coefs, intercepts = initial
    return [np.ascontiguousarray(coefs[0][order])] + coefs[1:], intercepts


class _Recorded:
    """Keeps a copy of the weights that training starts from, or starts it from given ones.

    The weights are drawn in either case, so that the random stream goes on as usual.
    """

    given = None
    single = False

    def _initialize(self, *arguments):
        super()._initialize(*arguments)
        if self.given is not None:
            coefs, intercepts = self.given
            self.coefs_ = [value.copy() for value in coefs]
            self.intercepts_ = [value.copy() for value in intercepts]
        self.initial = ([value.copy() for value in self.coefs_], [value.copy() for value in self.intercepts_])


    def _loss_grad_lbfgs(self, packed, *arguments):
        """For lbfgs scikit-learn computes in float64 whatever the input; `single` makes it float32."""
        if not self.single:
            return super()._loss_grad_lbfgs(packed, *arguments)
        loss, gradient = super()._loss_grad_lbfgs(packed.astype(np.float32), *arguments)
        return float(loss), gradient.astype(np.float64)


class RecordedClassifier(_Recorded, MLPClassifier):
    pass


class RecordedRegressor(_Recorded, MLPRegressor):
    pass


def recorded(kind, params, given=None):
    """An MLPClassifier ('classifier') or MLPRegressor with camelCase parameters."""
    estimator = (RecordedClassifier if kind == "classifier" else RecordedRegressor)(
        **{snake(key): tuple(item) if isinstance(item, list) else item for key, item in params.items()})
    estimator.given = given
    return estimator


def agreement(curves, tolerance=1e-4):
    """How many leading epochs the loss curves have within a relative tolerance of one another."""
    epochs = 0
    for losses in zip(*curves):
        if max(losses) - min(losses) > tolerance * max(abs(loss) for loss in losses):
            break
        epochs += 1
    return epochs


def column_orders(columns, count=8):
    """Deterministic permutations of the input columns."""
    return [np.random.RandomState(1000 + index).permutation(columns) for index in range(count)]


def variants(kind, params, x, run):
    """Trains the same network in float32, in float64 and eight times in float32 with reordered columns.

    `run(estimator, x)` trains; x is float32. All ten runs are the same in exact arithmetic, so where
    they part, rounding alone decides. Returns the float32 estimator and the other nine.
    """
    first = recorded(kind, params)
    run(first, x)
    double = recorded(kind, params)
    run(double, x.astype(np.float64))
    others = [double]
    for order in column_orders(x.shape[1]):
        other = recorded(kind, params, permuted(first.initial, order))
        other.single = True
        run(other, np.ascontiguousarray(x[:, order]))
        others.append(other)
    return first, others


def agreeing_epochs(first, others):
    return agreement([first.loss_curve_] + [other.loss_curve_ for other in others])


def whole_weights(weights):
    coefs, intercepts = weights
    return {"coefs": [matrix(value) for value in coefs], "intercepts": list(intercepts)}


def sampled_weights(weights):
    """Shape, first 8 and last 8 values and exactly rounded sum of each array, for larger networks."""
    def sample(value):
        flat = value.ravel()
        return {"shape": list(value.shape), "first": flat[:8], "last": flat[-8:],
                "sum": math.fsum(float(item) for item in flat)}
    coefs, intercepts = weights
    return {"coefs": [sample(value) for value in coefs], "intercepts": [sample(value) for value in intercepts]}
