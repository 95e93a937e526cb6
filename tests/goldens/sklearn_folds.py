"""More splits, permutation importance, cross_validate -> sklearn_folds.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_folds.py

Options absent from a case have scikit-learn's defaults. The JSON file holds

  sklearn, numpy   versions
  labels, groups   name -> list, one entry per row
  folds        {split (name in camelCase), n | y and groups (names), options, test, train: row numbers of every
               fold}, without `train` where it has all other rows in order; `error` instead where scikit-learn
               refuses; `warnings`: true where it warns
  importances  {params, data ('iris': load_iris in its own order), options, importances: {shape: [features,
               repeats], data}, means, stds} of a Perceptron fitted on all rows, scored on all rows
  validations  {params, data ('iris, 2 or not': with target == 2 as 0 and 1), scoring, cv (a number, or a split
               with its options), testScore, trainScore: scores of every fold by the name of the scorer, or
               by 'score' for a single one} of cross_validate with a Perceptron

StratifiedGroupKFold with shuffle=True is that of scikit-learn 1.8 and later, which keeps the shares of the
classes (pull request 32540): the counts of the groups and the numbers of the groups are permuted together.
GroupKFold with shuffle=True (since 1.6) is written out below. The order in which GroupKFold takes groups of
equal size is that of numpy's argsort without wide vectors, as in numpy 1.24.
"""

import itertools
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_iris
from sklearn.inspection import permutation_importance
from sklearn.linear_model import Perceptron
from sklearn.model_selection import (GroupKFold, LeaveOneOut, RepeatedKFold, RepeatedStratifiedKFold, ShuffleSplit,
                                     StratifiedGroupKFold, StratifiedShuffleSplit, TimeSeriesSplit, cross_validate)
from sklearn.utils import check_random_state

from golden_common import matrix, snake, write_json


class ShuffledGroupKFold:
    """GroupKFold(shuffle=True) of scikit-learn 1.6 and later."""

    def __init__(self, n_splits=5, shuffle=True, random_state=None):
        self.n_splits, self.random_state = n_splits, random_state

    def split(self, x, y, groups):
        drawn = check_random_state(self.random_state).permutation(np.unique(groups))
        for part in np.array_split(drawn, self.n_splits):
            test = np.isin(groups, part)
            yield np.where(~test)[0], np.where(test)[0]


class ShuffledStratifiedGroupKFold(StratifiedGroupKFold):
    """Draws the permutation first and renames the groups by it; the rest is without a draw."""

    def split(self, x, y, groups):
        names, numbers = np.unique(groups, return_inverse=True)
        drawn = check_random_state(self.random_state).permutation(len(names))
        places = np.empty_like(drawn)
        places[drawn] = np.arange(len(drawn))
        return StratifiedGroupKFold(self.n_splits).split(x, y, places[numbers])


CLASSES = {"timeSeriesSplit": TimeSeriesSplit, "groupKFold": GroupKFold, "stratifiedGroupKFold": StratifiedGroupKFold,
           "repeatedKFold": RepeatedKFold, "repeatedStratifiedKFold": RepeatedStratifiedKFold,
           "shuffleSplit": ShuffleSplit, "stratifiedShuffleSplit": StratifiedShuffleSplit, "leaveOneOut": LeaveOneOut}
SHUFFLED = {"groupKFold": ShuffledGroupKFold, "stratifiedGroupKFold": ShuffledStratifiedGroupKFold}


# ---------------------------------------------------------------- data

def make_labels():
    draw = np.random.RandomState(14)
    return {
        "half": np.arange(40) % 2,
        "uneven": draw.permutation(np.repeat([2, 0, 1], [5, 11, 24])),
        "words": draw.permutation(np.repeat(["pear", "Apple", "10", "éclair"], [8, 7, 15, 10])),
        "flags": draw.rand(40) > 0.7,
        "ten": draw.randint(0, 10, 120),
        "wide": draw.randint(0, 140, 900),
        "rare": np.repeat([0, 1], [38, 2]),
        "lone": np.repeat([0, 1, 2], [20, 19, 1]),
        "one": np.zeros(40, int),
        "big": draw.randint(0, 3, 240),
    }


def make_groups():
    draw = np.random.RandomState(15)
    return {
        "blocks": np.arange(40) // 4, "few": draw.randint(0, 6, 40), "names": np.array(["x", "Y", "z", "a", "ä"])[draw.randint(0, 5, 40)],
        "pairs": np.arange(40) % 20, "many": draw.randint(0, 30, 120), "equal": np.arange(120) % 40,
        "hundreds": np.arange(900) % 300, "thousands": draw.randint(0, 150, 900), "skewed": np.minimum(draw.geometric(0.02, 900), 90),
        "sixty": draw.randint(0, 60, 240), "own": np.arange(40), "single": np.zeros(40, int),
    }


LABELS, GROUPS = make_labels(), make_groups()


# ---------------------------------------------------------------- folds

def fold_case(split, options, n=None, y=None, groups=None):
    case = {"split": split, "options": options, **({"n": n} if n is not None else {}), **({"y": y} if y else {}), **({"groups": groups} if groups else {})}
    rows = n if n is not None else len(LABELS[y] if y else GROUPS[groups])
    arguments = {snake(key): value for key, value in options.items()}
    kind = SHUFFLED[split] if options.get("shuffle") else CLASSES[split]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parts = list(kind(**arguments).split(np.zeros(rows), LABELS[y] if y else None, GROUPS[groups] if groups else None))
        except ValueError as error:
            return {**case, "error": {"type": type(error).__name__, "message": str(error)}}
    rest = all(np.array_equal(train, np.setdiff1d(np.arange(rows), test)) for train, test in parts)
    return {**case, "test": [np.asarray(test) for _, test in parts], **({} if rest else {"train": [np.asarray(train) for train, _ in parts]}),
            **({"warnings": True} if any(issubclass(each.category, UserWarning) for each in caught) else {})}


def folds():
    for n, options in ((12, {}), (13, {"nSplits": 3}), (20, {"nSplits": 3, "testSize": 2}), (20, {"nSplits": 3, "gap": 2}),
                       (20, {"nSplits": 4, "maxTrainSize": 5}), (30, {"nSplits": 5, "maxTrainSize": 4, "testSize": 3, "gap": 1}),
                       (6, {}), (5, {}), (12, {"nSplits": 3, "testSize": 4}), (12, {"nSplits": 3, "testSize": 3, "gap": 3}), (7, {"nSplits": 1})):
        yield fold_case("timeSeriesSplit", options, n)
    for groups, count in itertools.product(("blocks", "few", "names", "pairs", "many", "equal", "hundreds", "thousands", "skewed", "own"), (2, 3, 5)):
        yield fold_case("groupKFold", {"nSplits": count}, groups=groups)
    yield fold_case("groupKFold", {}, groups="names")
    yield fold_case("groupKFold", {"nSplits": 7}, groups="few")
    yield fold_case("groupKFold", {}, groups="single")
    for groups, seed in itertools.product(("few", "names", "equal", "own"), (0, 7)):
        yield fold_case("groupKFold", {"nSplits": 4, "shuffle": True, "randomState": seed}, groups=groups)
    pairs = [(y, groups) for y in ("half", "uneven", "words", "flags", "one") for groups in ("blocks", "few", "names", "pairs", "own", "single")]
    pairs += [("ten", "many"), ("ten", "equal"), ("wide", "thousands"), ("wide", "hundreds"), ("big", "sixty"), ("rare", "few")]
    for y, groups in pairs:
        for options in ({"nSplits": 3}, {"nSplits": 3, "shuffle": True, "randomState": 5}):
            yield fold_case("stratifiedGroupKFold", options, y=y, groups=groups)
    for count in (2, 9, 12):
        yield fold_case("stratifiedGroupKFold", {"nSplits": count}, y="big", groups="sixty")
        yield fold_case("stratifiedGroupKFold", {"nSplits": count, "shuffle": True, "randomState": 1}, y="big", groups="sixty")
    yield fold_case("stratifiedGroupKFold", {"nSplits": 9}, y="one", groups="pairs")
    yield fold_case("stratifiedGroupKFold", {}, y="uneven", groups="own")
    yield fold_case("stratifiedGroupKFold", {"nSplits": 39}, y="uneven", groups="own")
    for n, options in ((10, {"nSplits": 3, "nRepeats": 2, "randomState": 0}), (11, {"nRepeats": 3, "randomState": 42}),
                       (6, {"nSplits": 2, "randomState": 1}), (4, {"randomState": 0})):
        yield fold_case("repeatedKFold", options, n)
    for y, options in itertools.product(("half", "uneven", "words", "flags"), ({"nSplits": 3, "nRepeats": 2, "randomState": 0}, {"nRepeats": 3, "randomState": 9})):
        yield fold_case("repeatedStratifiedKFold", options, y=y)
    yield fold_case("repeatedStratifiedKFold", {"nRepeats": 2, "randomState": 9}, y="rare")
    yield fold_case("repeatedStratifiedKFold", {"nSplits": 39, "randomState": 9}, y="rare")
    sizes = ({}, {"testSize": 0.25}, {"trainSize": 0.5}, {"testSize": 3, "trainSize": 7}, {"testSize": 0.33, "trainSize": 0.33})
    for size, seed in itertools.product(sizes, (0, 42)):
        yield fold_case("shuffleSplit", {"nSplits": 3, **size, "randomState": seed}, 23)
        for y in ("half", "uneven", "words"):
            yield fold_case("stratifiedShuffleSplit", {"nSplits": 3, **size, "randomState": seed}, y=y)
    yield fold_case("shuffleSplit", {"randomState": 3}, 11)
    yield fold_case("shuffleSplit", {"randomState": 3, "testSize": 12}, 11)
    yield fold_case("shuffleSplit", {"randomState": 3}, 1)
    yield fold_case("stratifiedShuffleSplit", {"randomState": 3}, y="lone")
    yield fold_case("stratifiedShuffleSplit", {"randomState": 3, "testSize": 2}, y="words")
    for n in (1, 2, 7):
        yield fold_case("leaveOneOut", {}, n)


# ---------------------------------------------------------------- permutation importance

def importances():
    iris = load_iris()
    for params, options in (({"randomState": 0}, {"randomState": 0}), ({"randomState": 0}, {"randomState": 42, "nRepeats": 3}),
                            ({"randomState": 4, "penalty": "l2"}, {"randomState": 7, "nRepeats": 10, "scoring": "f1_macro"}),
                            ({"randomState": 1}, {"randomState": 3, "nRepeats": 1, "scoring": "balanced_accuracy"})):
        model = Perceptron(**{snake(key): value for key, value in params.items()}).fit(iris.data, iris.target)
        result = permutation_importance(model, iris.data, iris.target, **{snake(key): value for key, value in options.items()})
        yield {"params": params, "data": "iris", "options": options, "importances": matrix(result.importances),
               "means": result.importances_mean, "stds": result.importances_std}


# ---------------------------------------------------------------- cross_validate

def validations():
    iris = load_iris()
    mixed = (iris.target == 2).astype(int)
    repeated = {"split": "repeatedStratifiedKFold", "options": {"nSplits": 3, "nRepeats": 2, "randomState": 1}}
    several = ["accuracy", "f1_macro", "matthews_corrcoef", "jaccard_weighted", "balanced_accuracy"]
    ranks = ["roc_auc", "average_precision", "precision", "jaccard", "explained_variance", "neg_median_absolute_error"]
    for name, target, params, scoring, cv in (("iris", iris.target, {"randomState": 0}, several, 5),
                                              ("iris", iris.target, {"randomState": 2, "penalty": "l1"}, several, repeated),
                                              ("iris, 2 or not", mixed, {"randomState": 0}, ranks, 4),
                                              ("iris, 2 or not", mixed, {"randomState": 0}, "average_precision", repeated)):
        folds = cv if isinstance(cv, int) else RepeatedStratifiedKFold(**{snake(key): value for key, value in cv["options"].items()})
        result = cross_validate(Perceptron(**{snake(key): value for key, value in params.items()}), iris.data, target,
                                scoring=scoring, cv=folds, return_train_score=True)
        names = scoring if isinstance(scoring, list) else ["score"]
        yield {"data": name, "params": params, "scoring": scoring, "cv": cv,
               "testScore": {key: result["test_" + key] for key in names}, "trainScore": {key: result["train_" + key] for key in names}}


if __name__ == "__main__":
    write_json("sklearn_folds.json", {"sklearn": sklearn.__version__, "numpy": np.__version__, "labels": LABELS, "groups": GROUPS},
               folds=list(folds()), importances=list(importances()), validations=list(validations()))
