"""Perceptron with a penalty as scikit-learn 1.9 stops it, where Debian has 1.2.1.

Not run by itself. Version 1.2.1 stops by the loss alone, 1.9 by the loss and the penalty; but for that their epochs are the
same. Training is written out here in plain Python to find how many epochs each class takes; 1.2.1 then trains every class
for as many (tol=None), and must end with the weights that were found here, bit for bit.
"""

import warnings

import numpy as np
import scipy.sparse
from sklearn.linear_model import Perceptron

MAX_SEED = 2**31 - 1


def row_lists(x):
    """Rows as (columns, values); those of dense rows have all columns."""
    if scipy.sparse.issparse(x):
        starts = x.indptr
        return [(x.indices[a:b].tolist(), x.data[a:b].tolist()) for a, b in zip(starts, starts[1:])]
    columns = list(range(x.shape[1]))
    return [(columns, row) for row in x.tolist()]


def shuffle(index, seed):
    """sklearn/utils/_seq_dataset.pyx: the same seed in every epoch."""
    for i in range(len(index) - 1):
        seed = seed or 1
        seed ^= (seed << 13) & 0xFFFFFFFF
        seed ^= seed >> 17
        seed ^= (seed << 5) & 0xFFFFFFFF
        j = i + (seed & 0x7FFFFFFF) % (len(index) - i)
        index[i], index[j] = index[j], index[i]


def train(rows, features, sides, params, seed, weights, intercept_decay):
    """One class against the rest: (epochs, weight, intercept). `sides` holds -1 and 1, `weights` that of every row."""
    penalty, alpha, eta, tol = params["penalty"], params["alpha"], params["eta0"], params["tol"]
    ratio = {"l2": 0.0, "l1": 1.0, "elasticnet": params["l1_ratio"]}[penalty]
    factor = max(0.0, 1.0 - ((1.0 - ratio) * eta * alpha)) if penalty != "l1" else 1.0
    w, q = [0.0] * features, [0.0] * features
    scale, u, b = 1.0, 0.0, 0.0
    squares = magnitudes = 0.0
    index = list(range(len(rows)))
    best, misses = float("inf"), 0
    for epoch in range(1, params["max_iter"] + 1):
        total = 0.0
        if params["shuffle"]:
            shuffle(index, seed)
        for i in index:
            (columns, values), y = rows[i], sides[i]
            p = 0.0
            for j, value in zip(columns, values):
                p += w[j] * value
            p = p * scale + b
            hit = p * y <= 0
            norm = squares**0.5
            total += (-p * y if hit else 0.0) + alpha * ((1.0 - ratio) * 0.5 * (norm * norm) + ratio * magnitudes)
            step = eta * y * weights[i] if hit else 0.0
            if penalty != "l1":
                scale *= factor
                squares *= factor * factor
                magnitudes *= factor
                if scale < 1e-9:
                    w = [value * scale for value in w]
                    scale = 1.0
            if step != 0:
                c = step / scale
                for j, value in zip(columns, values):
                    w[j] += value * c
                squares = magnitudes = 0.0
                for j in columns:
                    squares += w[j] * w[j]
                    magnitudes += abs(w[j])
                squares *= scale * scale
                magnitudes *= scale
                if params["fit_intercept"]:
                    b += step * intercept_decay
            if penalty != "l2":
                u += ratio * eta * alpha
                for j in columns:
                    z = w[j]
                    if scale * z > 0:
                        w[j] = max(0.0, z - (u + q[j]) / scale)
                    elif scale * z < 0:
                        w[j] = min(0.0, z + (u - q[j]) / scale)
                    q[j] += scale * (w[j] - z)
        mean = total / len(rows)
        misses = misses + 1 if mean > best - tol else 0
        best = min(best, mean)
        if misses >= params["n_iter_no_change"]:
            break
    return epoch, [value * scale for value in w], b


def seeds_of(classes, random_state):
    random = np.random.RandomState(random_state)
    if classes == 2:
        random.randint(1, MAX_SEED)
        return [random.randint(0, MAX_SEED)]
    own = [np.random.RandomState(random.randint(0, MAX_SEED)) for _ in range(classes)]
    for each in own:
        each.randint(1, MAX_SEED)
    return [each.randint(0, MAX_SEED) for each in own]


def class_weights(y, classes, given):
    if given is None:
        return [1.0] * len(classes)
    if given == "balanced":
        return [len(y) / (len(classes) * np.sum(y == label)) for label in classes]
    return [given.get(label, 1.0) for label in classes.tolist()]


def applies(params):
    """Whether the two versions may stop apart."""
    return params["penalty"] is not None and params["tol"] is not None and not params["early_stopping"]


def fit(x, y, params, sample_weight=None):
    """A fitted Perceptron as 1.9 leaves it, of constructor parameters in snake_case that are all given."""
    classes = np.unique(y)
    weighted = class_weights(y, classes, params["class_weight"])
    own = np.ones(len(y)) if sample_weight is None else sample_weight
    rows = row_lists(x)
    decay = 0.01 if scipy.sparse.issparse(x) else 1.0
    binary = len(classes) == 2
    coefs, intercepts, epochs = [], [], []
    for k, seed in enumerate(seeds_of(len(classes), params["random_state"])):
        positive = classes[1] if binary else classes[k]
        rest = weighted[0] if binary else 1.0
        weights = [(weighted[1 if binary else k] if label == positive else rest) * each for label, each in zip(y, own)]
        sides = [1.0 if label == positive else -1.0 for label in y]
        count, coef, intercept = train(rows, x.shape[1], sides, params, int(seed), weights, decay)
        estimator = Perceptron(**{**params, "tol": None, "max_iter": count})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(x, y, sample_weight=sample_weight)
        assert estimator.coef_[k].tolist() == coef and estimator.intercept_[k] == intercept, (params, k)
        coefs.append(coef)
        intercepts.append(intercept)
        epochs.append(count)
    estimator.set_params(**params)
    estimator.coef_, estimator.intercept_ = np.array(coefs), np.array(intercepts)
    estimator.n_iter_ = max(epochs)
    estimator.t_ = 1.0 + estimator.n_iter_ * len(y)
    return estimator


class StoppingPerceptron(Perceptron):
    """Perceptron whose fit stops as that of 1.9; for searches, which copy it."""

    def fit(self, x, y):
        params = {key: value for key, value in self.get_params().items() if key != "n_jobs"}
        if not applies(params):
            return super().fit(x, y)
        self.__dict__.update(fit(x, y, params).__dict__)
        return self
