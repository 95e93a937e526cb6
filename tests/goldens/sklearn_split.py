"""Splits, scalers, encoders, metrics and cross-validation -> sklearn_split.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_split.py

All in float64 unless stated. Options absent from a case have scikit-learn's defaults. The JSON file holds

  sklearn, numpy   versions
  labels       name -> list of labels, used by `splits` and `folds`
  tables       name -> {shape, data}, used by `scalers`
  scored       name -> {yTrue, yPred} and/or {yTrue, yScore}, with sampleWeight, used by `metrics`
  splits       {n, options (trainTestSplit's; `stratify` names an entry of `labels`), train, test: row numbers}
  splitErrors  {n, options, type, message}
  folds        {kind: 'kFold' | 'stratifiedKFold', n, y (name of labels), options, test: row numbers of each
               fold's test part, ascending; the training part is the rest, ascending; `error` instead, and
               `warnings` if any}
  scalers      {kind, params, fit (table), attributes, transform: [{table, output, inverse}...]}: fitted on one
               table, applied to each listed one; inverse = inverseTransform(output)
  encoders     {kind, params, fit (rows or labels), attributes, transform: [{input, output, inverse} or
               {input, error: {type, message}}...]}
  metrics      {metric (name in camelCase), scored, options, value} or {..., error: {type, message}}; `weighted`:
               true means with sampleWeight. Class reports are text
  crossValidation   {kind, estimator, params, data ('iris': load_iris in its own order, 'diabetes': first 230
               rows and target / 100 in float64, the rows of sklearn_mlp_more.json), dtype (of x), cv, ...results}. dtype 'both' means that
               float32 and float64 inputs gave the same results
"""

import itertools
import warnings

import numpy as np
import sklearn
from sklearn import metrics, preprocessing
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import Perceptron
from sklearn.model_selection import (GridSearchCV, KFold, StratifiedKFold, cross_val_predict, cross_val_score,
                                     learning_curve, train_test_split, validation_curve)
from sklearn.neural_network import MLPClassifier, MLPRegressor

from golden_common import camel, matrix, snake, write_json
from perceptron_epochs import StoppingPerceptron


def refusal(error):
    return {"type": type(error).__name__, "message": str(error)}


def snake_options(options):
    return {snake(key): tuple(value) if isinstance(value, list) and key.endswith("Range") else value for key, value in options.items()}


# ---------------------------------------------------------------- labels and splits

def make_labels():
    draw = np.random.RandomState(12)
    species = load_iris().target
    return {
        "iris": species,
        "half": np.arange(40) % 2,
        "uneven": np.repeat([2, 0, 1], [5, 11, 24]),
        "mixed": draw.permutation(np.repeat([3, -1, 7, 5], [4, 9, 13, 21])),
        "rare": draw.permutation(np.repeat([0, 1], [2, 31])),
        "words": draw.permutation(np.repeat(["pear", "Apple", "10", "9", "éclair"], [6, 5, 9, 3, 7])),
        "flags": draw.rand(25) > 0.7,
        "check": np.repeat([0, 1, 2], [3, 4, 5]),
        "many": draw.permutation(np.repeat(np.arange(12), draw.randint(2, 9, 12))),
        "pairs": np.repeat(np.arange(10), 2),
        "lone": np.repeat([0, 1, 2], [10, 10, 1]),
        "unfoldable": np.repeat([0, 1], [9, 2]),
    }


LABELS = make_labels()


def splits():
    plain = [(10, {"testSize": 0.25, "randomState": 0}), (10, {"randomState": 42}), (100, {"testSize": 0.07, "randomState": 1}),
             (7, {"testSize": 1, "randomState": 0}), (7, {"testSize": 6, "randomState": 3}), (2, {"testSize": 0.5, "randomState": 9}),
             (2, {"randomState": 4294967295}), (150, {"testSize": 0.1, "randomState": 5}), (150, {"trainSize": 0.6, "randomState": 5}),
             (33, {"trainSize": 0.33, "testSize": 0.33, "randomState": 2}), (33, {"trainSize": 10, "testSize": 4, "randomState": 2}),
             (33, {"trainSize": 10, "randomState": 2}), (33, {"trainSize": 0.5, "testSize": 3, "randomState": 8}),
             (1000, {"testSize": 0.01, "trainSize": 0.05, "randomState": 77}), (257, {"testSize": 16, "trainSize": 40, "randomState": 6}),
             (12, {"shuffle": False}), (12, {"testSize": 0.4, "shuffle": False}), (12, {"testSize": 2, "trainSize": 5, "shuffle": False}),
             (65, {"testSize": 0.29, "randomState": 11}), (64, {"testSize": 0.3, "randomState": 12}), (3, {"testSize": 0.34, "randomState": 13})]
    stratified = [("check", {"testSize": 0.25, "randomState": 3})]
    for name in ("iris", "half", "uneven", "mixed", "rare", "words", "flags", "many"):
        for seed, size in ((0, {"testSize": 0.25}), (1, {"testSize": 0.4}), (42, {"trainSize": 0.5}), (7, {"testSize": 0.33, "trainSize": 0.5}), (2, {"testSize": 13})):
            stratified.append((name, {**size, "randomState": seed}))
    stratified += [("pairs", {"testSize": 10, "randomState": seed}) for seed in (0, 1)]
    stratified += [("uneven", {"testSize": 3, "trainSize": 3, "randomState": 4}), ("iris", {"testSize": 0.1, "randomState": 4294967295})]
    for n, options in plain:
        train, test = train_test_split(np.arange(n), **snake_options(options))
        yield {"n": n, "options": options, "train": train, "test": test}
    for name, options in stratified:
        y = LABELS[name]
        train, test = train_test_split(np.arange(len(y)), stratify=y, **snake_options(options))
        yield {"n": len(y), "options": {**options, "stratify": name}, "train": train, "test": test}


def split_errors():
    wrong = [(10, {"testSize": 10}), (10, {"testSize": 11}), (10, {"testSize": 0}), (10, {"testSize": 1.5}), (10, {"testSize": -0.2}),
             (10, {"testSize": 0.7, "trainSize": 0.5}), (10, {"testSize": 7, "trainSize": 5}), (1, {}), (10, {"trainSize": 0.05}),
             ("lone", {"testSize": 0.3}), ("many", {"testSize": 5}), ("many", {"trainSize": 5}), ("half", {"shuffle": False})]
    for target, options in wrong:
        y = LABELS[target] if isinstance(target, str) else None
        n = target if y is None else len(y)
        try:
            train_test_split(np.arange(n), stratify=y, random_state=0, **snake_options(options))
            raise AssertionError("accepted: %s %s" % (target, options))
        except ValueError as error:
            yield {"n": n, "options": {**options, **({"stratify": target} if y is not None else {})}, **refusal(error)}


def folds():
    for n, count, options in ((10, 3, {}), (10, 5, {}), (11, 2, {}), (7, 7, {}), (10, 3, {"shuffle": True, "randomState": 0}), (23, 5, {"shuffle": True, "randomState": 42}),
                              (150, 10, {"shuffle": True, "randomState": 1}), (100, 7, {"shuffle": True, "randomState": 4294967295})):
        parts = KFold(count, **snake_options(options)).split(np.zeros(n))
        yield {"kind": "kFold", "n": n, "options": {"nSplits": count, **options}, "test": [test for train, test in parts]}
    for n, options in ((10, {"nSplits": 11}), (10, {"nSplits": 1}), (10, {"nSplits": 3, "randomState": 1})):
        try:
            list(KFold(**snake_options(options)).split(np.zeros(n)))
        except ValueError as error:
            yield {"kind": "kFold", "n": n, "options": options, "error": refusal(error)}
    for name in ("iris", "half", "uneven", "mixed", "words", "flags", "unfoldable", "check"):
        y = LABELS[name]
        for count, options in ((2, {}), (3, {}), (5, {}), (10, {}), (3, {"shuffle": True, "randomState": 0}), (5, {"shuffle": True, "randomState": 7})):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    parts = [test for train, test in StratifiedKFold(count, **snake_options(options)).split(np.zeros(len(y)), y)]
                except ValueError as error:
                    yield {"kind": "stratifiedKFold", "n": len(y), "y": name, "options": {"nSplits": count, **options}, "error": refusal(error)}
                    continue
            yield {"kind": "stratifiedKFold", "n": len(y), "y": name, "options": {"nSplits": count, **options}, "test": parts,
                   **({"warnings": [str(item.message) for item in caught]} if caught else {})}


# ---------------------------------------------------------------- scalers and encoders

def make_tables():
    draw = np.random.RandomState(8)
    small = np.round(draw.normal(0, 2, (9, 4)), 3)
    small[:, 1] = 4.2                                            # constant
    small[:, 3] = np.round(small[:, 3] * 1000 + 5000, 1)
    odd = np.column_stack([np.full(6, 0.1), np.zeros(6), [1, 1, 1, 1, 1, 9], [1e9, 1e9 + 1, 1e9, 1e9 + 1, 1e9, 1e9 + 1], [-3, -2, -2, -2, -2, 50]])
    return {"small": small, "other": np.round(draw.normal(0, 3, (4, 4)), 3), "odd": odd, "oddOther": np.round(draw.normal(0, 3, (3, 5)), 3),
            "one": np.array([[1.5, -2.0, 0.0]]), "two": np.array([[1.0, 5.0, 0.0], [2.0, 5.0, -8.0]]),
            "iris": load_iris().data[::10]}


TABLES = make_tables()


def scalers():
    others = {"small": ["small", "other"], "odd": ["odd", "oddOther"], "one": ["one", "two"], "two": ["two", "one"], "iris": ["iris"]}
    kinds = {
        "StandardScaler": [{}, {"withMean": False}, {"withStd": False}],
        "MinMaxScaler": [{}, {"featureRange": [-1, 1]}, {"clip": True, "featureRange": [0, 2]}],
        "RobustScaler": [{}, {"quantileRange": [10.0, 85.0]}, {"withCentering": False}, {"withScaling": False}, {"unitVariance": True}],
    }
    attributes = ("mean_", "var_", "scale_", "min_", "data_min_", "data_max_", "data_range_", "center_", "n_samples_seen_")
    for kind, variants in kinds.items():
        for params, (fitted, applied) in itertools.product(variants, others.items()):
            scaler = getattr(preprocessing, kind)(**snake_options(params)).fit(TABLES[fitted])
            results = []
            for name in applied:
                output = scaler.transform(TABLES[name])
                results.append({"table": name, "output": matrix(output), "inverse": matrix(scaler.inverse_transform(output))})
            yield {"kind": kind, "params": params, "fit": fitted,
                   "attributes": {camel(key): getattr(scaler, key) for key in attributes if hasattr(scaler, key)}, "transform": results}


def applied(encoder, inputs, as_input):
    for rows in inputs:
        try:
            output = encoder.transform(as_input(rows))
        except ValueError as error:
            yield {"input": rows, "error": refusal(error)}
            continue
        try:
            inverse = encoder.inverse_transform(output)
            yield {"input": rows, "output": output, "inverse": [list(row) if isinstance(row, np.ndarray) else row for row in inverse]}
        except ValueError as error:
            yield {"input": rows, "output": output, "inverseError": refusal(error)}


def encoders():
    words = [["red", "S"], ["green", "L"], ["red", "M"], ["blue", "S"], ["Äther", "S"]]
    numbers = [[3, 1], [-1, 0], [20, 1], [3, 0]]
    binary = [["no", 1.5], ["yes", 2.5], ["no", -0.5]]

    def table(rows):
        return np.array(rows, dtype=object if isinstance(rows[0][0], str) else float)

    for params, (rows, other) in itertools.product(
            ({}, {"drop": "first"}, {"drop": "if_binary"}, {"handleUnknown": "ignore"}),
            ((words, [["green", "S"], ["pink", "L"]]), (numbers, [[20, 0], [4, 1]]), (binary, [["yes", -0.5], ["maybe", 2.5]]))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encoder = preprocessing.OneHotEncoder(sparse_output=False, **snake_options(params)).fit(table(rows))
            yield {"kind": "OneHotEncoder", "params": params, "fit": rows,
                   "attributes": {"categories": [list(column) for column in encoder.categories_]},
                   "transform": list(applied(encoder, [rows, other], table))}
    chosen = {"categories": [["L", "M", "S"], [1, 2, 3]]}
    rows = [["S", 2], ["L", 3]]
    encoder = preprocessing.OneHotEncoder(sparse_output=False, categories=chosen["categories"]).fit(table(rows))
    yield {"kind": "OneHotEncoder", "params": chosen, "fit": rows, "attributes": {"categories": chosen["categories"]},
           "transform": list(applied(encoder, [rows], table))}
    label_sets = [[3, 1, 3, 2, -7], ["b", "a", "Z", "a", "é", "10", "9"], [0, 1, 1, 0], ["spam", "ham", "spam"], [True, False, True], [5, 5, 5], [2.5, 1.5, 2.5]]
    for labels in label_sets:
        encoder = preprocessing.LabelEncoder().fit(labels)
        yield {"kind": "LabelEncoder", "params": {}, "fit": labels, "attributes": {"classes": encoder.classes_},
               "transform": list(applied(encoder, [labels, labels[:2], ["?"] if isinstance(labels[0], str) else [99]], list))}
    for params in ({}, {"negLabel": -1, "posLabel": 2}):
        for labels in label_sets[:6]:
            encoder = preprocessing.LabelBinarizer(**snake_options(params)).fit(labels)
            yield {"kind": "LabelBinarizer", "params": params, "fit": labels,
                   "attributes": {"classes": encoder.classes_, "yType": encoder.y_type_},
                   "transform": list(applied(encoder, [labels, labels[1:3]] + ([labels[:1] + ["?"]] if isinstance(labels[0], str) else [[labels[0], 99]]), list))}


# ---------------------------------------------------------------- metrics

def make_scored():
    draw = np.random.RandomState(21)

    def classes(labels, n, wrong):
        true = np.array(labels)[draw.randint(0, len(labels), n)]
        return {"yTrue": true, "yPred": np.where(draw.rand(n) < wrong, np.array(labels)[draw.randint(0, len(labels), n)], true)}

    def probabilities(true, count):
        raw = draw.rand(len(true), count) + 1.5 * np.eye(count)[true] * draw.rand(len(true), 1)
        rounded = np.round(raw / raw.sum(axis=1, keepdims=True), 3)
        rounded[:, -1] = np.round(1 - rounded[:, :-1].sum(axis=1), 3)
        return rounded

    scored = {
        "binary": classes([0, 1], 40, 0.4), "signed": classes([-1, 1], 25, 0.5), "three": classes([0, 1, 2], 50, 0.5),
        "words": classes(["cat", "dog", "Eel", "ant"], 36, 0.6), "flags": classes([False, True], 20, 0.4),
        "gaps": {"yTrue": np.array([0, 1, 1, 2, 0, 2, 2, 4]), "yPred": np.array([0, 1, 3, 3, 0, 1, 1, 3])},
        "perfect": {"yTrue": np.array([2, 0, 1, 2]), "yPred": np.array([2, 0, 1, 2])},
        "never": {"yTrue": np.array([0, 1, 0, 1, 1]), "yPred": np.zeros(5, int)},
        "large": classes([0, 1, 2], 2500, 0.3),
    }
    target = draw.randint(0, 2, 60)
    scored["chance"] = {"yTrue": target, "yScore": np.round(np.clip(draw.rand(60) * 0.7 + 0.3 * target, 0, 1), 3)}
    scored["ties"] = {"yTrue": target, "yScore": draw.randint(0, 5, 60) + target}
    scored["constant"] = {"yTrue": np.array([0, 1, 1, 0]), "yScore": np.full(4, 0.5)}
    scored["certain"] = {"yTrue": np.array([0, 1, 1, 0, 1]), "yScore": np.array([0.0, 1.0, 0.0, 1.0, 0.25])}
    scored["twoColumns"] = {"yTrue": np.array([0, 1, 1, 0]), "yScore": np.array([[0.9, 0.1], [0.2, 0.8], [0.65, 0.35], [0.5, 0.5]])}
    labels = draw.randint(0, 3, 45)
    scored["triple"] = {"yTrue": labels, "yScore": probabilities(labels, 3)}
    coarse = np.round(probabilities(labels[:30], 3) * 5) + [1, 0, 0]
    scored["tripleTies"] = {"yTrue": labels[:30], "yScore": coarse / coarse.sum(axis=1, keepdims=True)}
    scored["tripleLoose"] = {"yTrue": labels[:12], "yScore": np.round(draw.rand(12, 3), 2)}    # rows do not sum to 1
    scored["tripleCertain"] = {"yTrue": np.array([0, 1, 2, 2]), "yScore": np.array([[1, 0, 0], [0, 1, 0], [0.2, 0.8, 0], [0, 0, 1.0]])}
    scored["oneClass"] = {"yTrue": np.ones(4, int), "yScore": np.array([0.1, 0.4, 0.9, 0.2])}
    values = np.round(draw.normal(0, 3, 30), 3)
    scored["values"] = {"yTrue": values, "yPred": np.round(values + draw.normal(0, 1, 30), 3)}
    pairs = np.round(draw.normal(2, 2, (12, 3)), 3)
    scored["valueRows"] = {"yTrue": pairs, "yPred": np.round(pairs + draw.normal(0, [0.5, 1, 4], (12, 3)), 3)}
    scored["sameValues"] = {"yTrue": np.full(5, 2.0), "yPred": np.array([2.0, 2.5, 1.5, 2.0, 2.0])}
    scored["sameAndRight"] = {"yTrue": np.full(3, 2.0), "yPred": np.full(3, 2.0)}
    scored["halfConstantRows"] = {"yTrue": np.column_stack([values[:6], np.full(6, 1.0)]), "yPred": np.column_stack([values[:6] + 0.5, np.full(6, 1.25)])}
    for entry in scored.values():
        if len(entry["yTrue"]) < 100:
            entry["sampleWeight"] = draw.randint(1, 13, len(entry["yTrue"])) / 4   # sums are exact
    return scored


SCORED = make_scored()
FUNCTIONS = {"accuracyScore": metrics.accuracy_score, "balancedAccuracyScore": metrics.balanced_accuracy_score,
             "confusionMatrix": metrics.confusion_matrix, "classificationReport": metrics.classification_report,
             "precisionScore": metrics.precision_score, "recallScore": metrics.recall_score, "f1Score": metrics.f1_score,
             "logLoss": metrics.log_loss, "rocAucScore": metrics.roc_auc_score, "r2Score": metrics.r2_score,
             "meanSquaredError": metrics.mean_squared_error, "meanAbsoluteError": metrics.mean_absolute_error}


def log_loss_as_1_9(y_true, y_proba, normalize=True, sample_weight=None):
    """Rows that do not sum to 1 count as they are; 1.2.1 divides them by their sums."""
    eps = np.finfo(y_proba.dtype).eps
    losses = -np.log(np.clip(y_proba, eps, 1 - eps)[np.arange(len(y_true)), np.searchsorted(np.unique(y_true), y_true)])
    return np.average(losses, weights=sample_weight) if normalize else np.dot(losses, np.ones(len(losses)) if sample_weight is None else sample_weight)


def measured(metric, name, options=None, weighted=False):
    entry, options = SCORED[name], options or {}
    arguments = snake_options({key: value for key, value in options.items() if key != "targetNames"})
    if "targetNames" in options:
        arguments["target_names"] = options["targetNames"]
    if weighted:
        arguments["sample_weight"] = entry["sampleWeight"]
    case = {"metric": metric, "scored": name, "options": options, **({"weighted": True} if weighted else {})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function = log_loss_as_1_9 if (metric, name) == ("logLoss", "tripleLoose") else FUNCTIONS[metric]
            value = function(entry["yTrue"], entry["yPred"] if "yPred" in entry else entry["yScore"], **arguments)
        except ValueError as error:
            return {**case, "error": refusal(error)}
    return {**case, "value": matrix(value) if isinstance(value, np.ndarray) and value.ndim == 2 else value}


def metric_cases():
    labelled = ("binary", "signed", "three", "words", "flags", "gaps", "perfect", "never")
    for name in labelled:
        for weighted in (False, True):
            yield measured("accuracyScore", name, {}, weighted)
            yield measured("balancedAccuracyScore", name, {}, weighted)
            yield measured("confusionMatrix", name, {}, weighted)
            yield measured("classificationReport", name, {}, weighted)
        yield measured("accuracyScore", name, {"normalize": False})
        yield measured("balancedAccuracyScore", name, {"adjusted": True})
        for normalize in ("true", "pred", "all"):
            yield measured("confusionMatrix", name, {"normalize": normalize})
        yield measured("classificationReport", name, {"digits": 4})
        yield measured("classificationReport", name, {"zeroDivision": 1})
        for metric, average in itertools.product(("precisionScore", "recallScore", "f1Score"), ("macro", "micro", "weighted", None)):
            yield measured(metric, name, {"average": average})
        for metric in ("precisionScore", "recallScore", "f1Score"):
            yield measured(metric, name, {"average": "macro", "zeroDivision": 1})
            yield measured(metric, name, {"average": "weighted"}, True)
    for metric in ("precisionScore", "recallScore", "f1Score"):
        for name in ("binary", "signed", "flags", "never"):
            yield measured(metric, name)
            yield measured(metric, name, {}, True)
        yield measured(metric, "binary", {"posLabel": 0})
        yield measured(metric, "words", {"average": "binary", "posLabel": "cat"})
        yield measured(metric, "three")
        yield measured(metric, "three", {"labels": [0, 2], "average": "micro"})
        yield measured(metric, "three", {"labels": [2, 0], "average": None})
    yield measured("confusionMatrix", "words", {"labels": ["dog", "ant", "cow"]})
    yield measured("classificationReport", "three", {"labels": [2, 0]})
    yield measured("classificationReport", "three", {"targetNames": ["setosa", "versicolor", "a very long name of a class"]})
    yield measured("classificationReport", "large")
    for name in ("chance", "certain", "twoColumns", "triple", "tripleTies", "tripleCertain", "tripleLoose", "oneClass", "constant"):
        yield measured("logLoss", name)
        yield measured("logLoss", name, {"normalize": False})
        yield measured("logLoss", name, {}, True)
    yield measured("logLoss", "oneClass", {"labels": [0, 1]})
    for name in ("chance", "ties", "constant", "certain", "oneClass"):
        yield measured("rocAucScore", name)
        yield measured("rocAucScore", name, {}, True)
    for name, average in itertools.product(("triple", "tripleTies", "tripleCertain", "tripleLoose"), ("macro", "weighted", None)):
        yield measured("rocAucScore", name, {"multiClass": "ovr", "average": average})
    yield measured("rocAucScore", "triple", {"multiClass": "ovo"})
    yield measured("rocAucScore", "triple", {"multiClass": "ovr"}, True)
    yield measured("rocAucScore", "triple")
    for name in ("values", "valueRows", "sameValues", "sameAndRight", "halfConstantRows"):
        for metric, weighted in itertools.product(("r2Score", "meanSquaredError", "meanAbsoluteError"), (False, True)):
            yield measured(metric, name, {}, weighted)
        if SCORED[name]["yTrue"].ndim == 2:
            for metric in ("r2Score", "meanSquaredError", "meanAbsoluteError"):
                yield measured(metric, name, {"multioutput": "raw_values"})
            yield measured("r2Score", name, {"multioutput": "variance_weighted"})
        yield measured("meanSquaredError", name, {"squared": False})


# ---------------------------------------------------------------- cross-validation

def cv_of(description):
    if isinstance(description, int):
        return description
    kind = {"kFold": KFold, "stratifiedKFold": StratifiedKFold}[description["kind"]]
    return kind(description["nSplits"], **snake_options({key: value for key, value in description.items() if key in ("shuffle", "randomState")}))


def both(run):
    """The result for float32 and float64 inputs, if it is the same; else the float32 one."""
    single, double = run(np.float32), run(np.float64)
    same = all(np.array_equal(single[key], double[key]) if not isinstance(single[key], float) else np.isclose(single[key], double[key], rtol=1e-5)
               for key in single)
    return {"dtype": "both" if same else "float32", **single}


def cross_validation():
    iris, diabetes = load_iris(), load_diabetes()
    folded = {"kind": "kFold", "nSplits": 4, "shuffle": True, "randomState": 3}
    layered = {"kind": "stratifiedKFold", "nSplits": 3, "shuffle": True, "randomState": 1}
    adam = {"hiddenLayerSizes": [10], "activation": "tanh", "randomState": 0, "maxIter": 60, "learningRateInit": 0.02}
    sgd = {**adam, "solver": "sgd", "batchSize": 16, "learningRateInit": 0.03, "maxIter": 25}
    for params, cv in ((adam, 5), (adam, folded), (sgd, 5), (sgd, layered), ({**sgd, "activation": "relu", "randomState": 2}, 3),
                       ({**adam, "solver": "lbfgs", "alpha": 1.0, "maxIter": 20}, 5)):
        def scores(dtype):
            estimator = MLPClassifier(**snake_options(params))
            return {"scores": cross_val_score(estimator, iris.data.astype(dtype), iris.target, cv=cv_of(cv)),
                    "predicted": cross_val_predict(estimator, iris.data.astype(dtype), iris.target, cv=cv_of(cv))}
        yield {"kind": "crossValScore", "estimator": "MLPClassifier", "params": params, "data": "iris", "cv": cv, **both(scores)}
    for cv in (5, folded):
        def scores(dtype):
            estimator = MLPRegressor(**snake_options({**adam, "maxIter": 20}))
            return {"scores": cross_val_score(estimator, diabetes.data[:230].astype(dtype), diabetes.target[:230] / 100, cv=cv_of(cv))}
        yield {"kind": "crossValScore", "estimator": "MLPRegressor", "params": {**adam, "maxIter": 20}, "data": "diabetes", "cv": cv,
               "dtype": "float32", **scores(np.float32)}
    for params, cv in itertools.product(({"randomState": 0}, {"randomState": 4, "penalty": "l2", "earlyStopping": True}), (5, folded, layered)):
        estimator = Perceptron(**snake_options(params))
        common = {"estimator": "Perceptron", "params": params, "data": "iris", "dtype": "float64", "cv": cv}
        yield {"kind": "crossValScore", **common, "scores": cross_val_score(estimator, iris.data, iris.target, cv=cv_of(cv)),
               "predicted": cross_val_predict(estimator, iris.data, iris.target, cv=cv_of(cv))}
    estimator = Perceptron(random_state=0)
    common = {"estimator": "Perceptron", "params": {"randomState": 0}, "data": "iris", "dtype": "float64"}
    yield {"kind": "crossValScore", **common, "cv": 5, "scoring": "f1_macro",
           "scores": cross_val_score(estimator, iris.data, iris.target, cv=5, scoring="f1_macro")}
    grid = {"alpha": [0.0001, 0.01], "penalty": [None, "l1", "l2"]}
    search = GridSearchCV(StoppingPerceptron(random_state=0), grid, cv=cv_of(layered)).fit(iris.data, iris.target)
    yield {"kind": "gridSearch", **common, "cv": layered, "paramGrid": grid, "tried": search.cv_results_["params"],
           "meanTestScore": search.cv_results_["mean_test_score"], "stdTestScore": search.cv_results_["std_test_score"],
           "rankTestScore": search.cv_results_["rank_test_score"], "bestIndex": search.best_index_, "bestParams": search.best_params_,
           "bestScore": search.best_score_, "scoreOfBest": search.score(iris.data, iris.target)}
    for options in ({"trainSizes": [0.55, 0.8, 1.0]}, {"trainSizes": [0.2, 0.6, 1.0], "shuffle": True, "randomState": 0}, {"trainSizes": [70, 90]}):
        sizes, train, test = learning_curve(estimator, iris.data, iris.target, cv=cv_of(layered), **snake_options(options))
        yield {"kind": "learningCurve", **common, "cv": layered, **options, "trainSizesAbs": sizes,
               "trainScores": matrix(train), "testScores": matrix(test)}
    train, test = validation_curve(estimator, iris.data, iris.target, param_name="eta0", param_range=[0.01, 1.0, 5.0], cv=cv_of(layered))
    yield {"kind": "validationCurve", **common, "cv": layered, "paramName": "eta0", "paramRange": [0.01, 1.0, 5.0],
           "trainScores": matrix(train), "testScores": matrix(test)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    write_json("sklearn_split.json",
               {"sklearn": sklearn.__version__, "numpy": np.__version__, "labels": LABELS,
                "tables": {name: matrix(table) for name, table in TABLES.items()}, "scored": SCORED},
               splits=list(splits()), splitErrors=list(split_errors()), folds=list(folds()), scalers=list(scalers()),
               encoders=list(encoders()), metrics=list(metric_cases()), crossValidation=list(cross_validation()))
