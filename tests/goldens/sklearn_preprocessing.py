"""Transformers of tables -> sklearn_preprocessing.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_preprocessing.py

The JSON file holds

  sklearn, numpy   versions
  cases         one per line: {kind, params, fit, y, attributes, fitTransform, transform: [{input, output, inverse}...], names}
    fit         rows; null is a missing value (NaN)
    y           targets, of TargetEncoder alone
    attributes  by name
    fitTransform  its result, of TargetEncoder alone, where it is not that of transform
    output      {shape, data}, "nan" for NaN; or rows of labels
    inverse     of output: {shape, data} or rows of labels
    names       get_feature_names_out()
  columnTransformers  {steps, remainder, verbose, columns, types, rows, names, output}
    steps       [name, kind or 'drop' or 'passthrough', params, columns]

TargetEncoder is younger than scikit-learn 1.2: `Encoder` computes its formulas (D. Micci-Barreca, "A preprocessing
scheme for high-cardinality categorical attributes", ACM SIGKDD Explorations 3, 2001, eq. 3 to 7) in float64; the folds
of its fit_transform are those of KFold and StratifiedKFold. QuantileTransformer draws its rows by `resample`, as
scikit-learn does since 1.3.
"""

import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import (
    MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, QuantileTransformer,
    StandardScaler)
from sklearn.utils import resample

from golden_common import matrix, snake, write_json

warnings.filterwarnings("ignore")
NAN = float("nan")
CLASSES = {each.__name__: each for each in (
    ColumnTransformer, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, PolynomialFeatures,
    QuantileTransformer, SimpleImputer, StandardScaler)}
NAMES = {"mostFrequent": "most_frequent", "useEncodedValue": "use_encoded_value", "ifBinary": "if_binary",
         "infrequentIfExist": "infrequent_if_exist"}


def python_params(params):
    return {snake(key): NAMES.get(value, value) if isinstance(value, str) else tuple(value)
            if key == "degree" and isinstance(value, list) else value for key, value in params.items()}


def make(kind, params):
    options = python_params(params)
    if kind == "OneHotEncoder":
        options["sparse_output"] = False
    return CLASSES[kind](**options)


def is_missing(value):
    return value is None or (isinstance(value, float) and np.isnan(value))


def with_null(rows):
    """Rows with None for NaN, numpy's scalars as Python's."""
    return [[None if is_missing(value) else value.item() if isinstance(value, np.generic) else value for value in row]
            for row in rows]


def as_input(rows):
    """Rows as scikit-learn takes them: floats, or objects with NaN for what is missing."""
    if all(is_missing(value) or isinstance(value, (int, float)) for row in rows for value in row):
        return np.array([[NAN if is_missing(value) else value for value in row] for row in rows], dtype=float)
    return np.array([[NAN if is_missing(value) else value for value in row] for row in rows], dtype=object)


def as_output(values):
    values = np.asarray(values)
    return with_null(values.tolist()) if values.dtype == object else matrix(values.astype(float))


def case(kind, params, fit, inputs, attributes=(), inverse=True, fitted_on=None):
    """`fitted_on`: the rows that the transformer is fitted on in place of `fit`."""
    transformer = make(kind, params).fit(as_input(fit if fitted_on is None else fitted_on))
    transform = []
    for rows in inputs:
        output = transformer.transform(as_input(rows))
        each = {"input": with_null(rows), "output": as_output(output)}
        if inverse:
            back = transformer.inverse_transform(np.array(output))
            labels = kind in ("OneHotEncoder", "OrdinalEncoder") or back.dtype == object
            each["inverse"] = with_null(back.tolist()) if labels else matrix(back)
        transform.append(each)
    values = {}
    for name in attributes:
        value = getattr(transformer, snake(name) + "_")
        if isinstance(value, list):
            value = [None if each is None else with_null([each])[0] for each in value]
        elif value.dtype == object:
            value = with_null([value])[0]
        values[name] = value
    return {"kind": kind, "params": params, "fit": with_null(fit), "attributes": values, "transform": transform,
            "names": list(transformer.get_feature_names_out())}


def numbers(seed, rows, columns, gaps=0.0):
    random = np.random.RandomState(seed)
    values = np.round(random.normal(size=(rows, columns)) * 10.0 ** random.randint(-2, 4, size=columns), 4)
    values[random.random_sample((rows, columns)) < gaps] = NAN
    return values.tolist()


def imputers():
    gaps = [[1, NAN, 3, NAN], [2, 5, NAN, NAN], [NAN, 5, 7.5, NAN], [4, 8, 3, NAN]]
    other = [[NAN, NAN, NAN, 1], [0, NAN, 2, NAN]]
    # Since 1.8 a column without values is left out with 'constant' too.
    for params in ({}, {"strategy": "median"}, {"strategy": "mostFrequent"}, {"addIndicator": True},
                   {"strategy": "median", "addIndicator": True, "keepEmptyFeatures": True}):
        yield case("SimpleImputer", params, gaps, [gaps, other], ["statistics"], False)
    some = [row[:3] for row in gaps]
    for params in ({"strategy": "constant"}, {"strategy": "constant", "fillValue": -1.5}):
        yield case("SimpleImputer", params, some, [some, [row[:3] for row in other]], ["statistics"], False)
    yield case("SimpleImputer", {"addIndicator": True}, some, [some, [[NAN, 2, 3], [1, NAN, NAN]]], ["statistics"])
    large = numbers(1, 41, 3, 0.3)
    for strategy in ("mean", "median"):
        yield case("SimpleImputer", {"strategy": strategy}, large, [large], ["statistics"], False)
    words = [["b", "x"], ["a", NAN], ["b", "y"], [NAN, "y"], ["a", "x"]]
    for params in ({"strategy": "mostFrequent"}, {"strategy": "constant"}, {"strategy": "constant", "fillValue": "?"}):
        yield case("SimpleImputer", params, words, [words, [[NAN, NAN]]], ["statistics"], False)


def ordinals():
    rows = [["b", 3], ["a", 1], ["c", 3], ["b", 2]]
    yield case("OrdinalEncoder", {}, rows, [rows, [["c", 1]]], ["categories"])
    yield case("OrdinalEncoder", {"handleUnknown": "useEncodedValue", "unknownValue": -1}, rows,
               [rows, [["z", 1], ["a", 9]]], ["categories"])
    yield case("OrdinalEncoder", {"categories": [["c", "b", "a"], [1, 2, 3]]}, rows, [rows], ["categories"])
    gaps = [[1, 5], [NAN, 7], [3, 5], [2, NAN]]
    yield case("OrdinalEncoder", {}, gaps, [gaps], ["categories"])
    yield case("OrdinalEncoder", {"encodedMissingValue": -2}, gaps, [gaps, [[NAN, 5]]], ["categories"])
    yield case("OrdinalEncoder", {"handleUnknown": "useEncodedValue", "unknownValue": 99}, gaps, [gaps, [[8, NAN]]],
               ["categories"])


def one_hots():
    random = np.random.RandomState(5)
    rows = [[str(random.choice(list("abcdefg"), p=[.3, .25, .2, .1, .05, .05, .05])), str(random.choice(["u", "v", "w"]))]
            for _ in range(60)]
    some = rows[:9]
    for params in ({}, {"minFrequency": 5}, {"minFrequency": 0.2}, {"maxCategories": 3}, {"maxCategories": 2},
                   {"minFrequency": 8, "maxCategories": 3}, {"minFrequency": 1000}, {"maxCategories": 30}):
        yield case("OneHotEncoder", params, rows, [some], ["categories"] + (["infrequentCategories"] if params else []))
    unknown = some + [["z", "u"], ["a", "z"]]
    for handle in ("ignore", "infrequentIfExist"):
        for params in ({}, {"minFrequency": 6}, {"maxCategories": 3}):
            yield case("OneHotEncoder", {"handleUnknown": handle, **params}, rows, [unknown], [])
    for params in ({"drop": "first", "minFrequency": 6}, {"drop": "ifBinary", "maxCategories": 2},
                   {"drop": ["b", "v"], "maxCategories": 4}):
        yield case("OneHotEncoder", params, rows, [some], [])
    gaps = [[1, 10], [NAN, 20], [2, 10], [NAN, NAN]]
    yield case("OneHotEncoder", {}, gaps, [gaps], ["categories"])
    yield case("OneHotEncoder", {"handleUnknown": "ignore"}, gaps, [gaps, [[3, 10]]], ["categories"])


def scalings():
    rows = numbers(2, 9, 3, 0.2)
    rows[0][0] = NAN
    yield case("MaxAbsScaler", {}, rows, [rows, numbers(3, 4, 3)], ["maxAbs", "scale"])
    yield case("MaxAbsScaler", {}, [[0, NAN, -4], [0, NAN, 2]], [[[0, 1, 2], [3, NAN, -4]]], ["maxAbs"], True)
    plain = numbers(4, 6, 4)
    plain[2] = [0, 0, 0, 0]
    for norm in ("l1", "l2", "max"):
        yield case("Normalizer", {"norm": norm}, plain, [plain], [], False)


def polynomials():
    rows = [[1.5, -2, 3], [0, 4, -0.5], [2, 2, 2]]
    for params in ({}, {"degree": 3}, {"degree": 4, "includeBias": False}, {"degree": 3, "interactionOnly": True},
                   {"degree": 7, "interactionOnly": True}, {"degree": [2, 3]}, {"degree": [1, 1], "includeBias": False},
                   {"degree": 0}, {"degree": [0, 2], "interactionOnly": True}):
        yield case("PolynomialFeatures", params, rows, [rows], ["powers"], False)
    yield case("PolynomialFeatures", {"degree": 5}, [[2.0], [3.0]], [[[1.5], [-1]]], ["powers"], False)


def quantiles():
    rows = numbers(6, 30, 3, 0.1)
    for row in rows[::3]:
        row[1] = 2.0
    other = numbers(7, 12, 3)
    for distribution in ("uniform", "normal"):
        for count in (1, 2, 10, 30):
            yield case("QuantileTransformer", {"nQuantiles": count, "outputDistribution": distribution}, rows,
                       [rows, other], ["quantiles", "references"])
    yield case("QuantileTransformer", {"nQuantiles": 100}, rows, [rows[:3]], ["quantiles"])
    yield case("QuantileTransformer", {"nQuantiles": 3}, [[5, 0, NAN], [5, 0, NAN], [5, 0.25, NAN], [5, 1, NAN]],
               [[[5, 0, 1], [4, 0.2, NAN], [6, 1, 0]]], ["quantiles"])
    many = numbers(8, 120, 2)
    drawn = resample(np.array(many), replace=False, n_samples=50, random_state=3)
    yield case("QuantileTransformer", {"nQuantiles": 20, "subsample": 50, "randomState": 3}, many, [many[:10]],
               ["quantiles"], True, drawn.tolist())


# ---------------------------------------------------------------- TargetEncoder

class Encoder:
    """Encodings of one column of categories by one column of targets."""

    def __init__(self, categories, smooth):
        self.categories, self.smooth = categories, smooth

    def fit(self, column, y):
        self.mean = np.mean(y)
        self.values = np.array([self.encoding([value for each, value in zip(column, y) if self.same(each, category)], y)
                                for category in self.categories])
        return self

    @staticmethod
    def same(a, b):
        return a == b or (is_missing(a) and is_missing(b))

    def encoding(self, own, y):
        count = len(own)
        if self.smooth != "auto":
            return (sum(own) + self.smooth * self.mean) / (count + self.smooth) if count + self.smooth > 0 else self.mean
        if count == 0:
            return self.mean
        mean, within, between = np.mean(own), np.var(own), np.var(y)
        if between * count + within == 0:
            return self.mean
        share = between * count / (between * count + within)
        return share * mean + (1 - share) * self.mean

    def transform(self, column):
        found = [[i for i, category in enumerate(self.categories) if self.same(each, category)] for each in column]
        return [self.values[index[0]] if index else self.mean for index in found]


def categories_of(column):
    known = sorted(set(value for value in column if not is_missing(value)))
    return known + ([None] if any(is_missing(value) for value in column) else [])


def target_case(params, rows, y, kind, other):
    classes = sorted(set(y)) if kind != "continuous" else None
    if kind == "continuous":
        targets = [np.array(y, dtype=float)]
    else:
        targets = [np.array([each == label for each in y], dtype=float) for label in (classes[1:] if kind == "binary" else classes)]
    columns = list(zip(*rows))
    smooth = params.get("smooth", "auto")

    def encoders(index):
        return [Encoder(categories_of(column), smooth).fit([column[i] for i in index], target[index])
                for column in columns for target in targets]

    def encoded(fitted, given):
        given = list(zip(*given))
        return np.array([each.transform(given[i // len(targets)]) for i, each in enumerate(fitted)]).T

    every = encoders(np.arange(len(rows)))
    crossed = np.zeros((len(rows), len(every)))
    shuffle = params.get("shuffle", True)
    folds = (KFold if kind == "continuous" else StratifiedKFold)(
        params.get("cv", 5), shuffle=shuffle, random_state=params.get("randomState") if shuffle else None)
    for train, test in folds.split(rows, y):
        crossed[test] = encoded(encoders(train), [rows[i] for i in test])
    names = ["x%d" % j if kind != "multiclass" else "x%d_%s" % (j, label)
             for j in range(len(columns)) for label in (classes if kind == "multiclass" else [None])]
    return {"kind": "TargetEncoder", "params": params, "fit": with_null(rows), "y": list(y),
            "attributes": {"categories": [categories_of(column) for column in columns], "targetType": kind,
                           "classes": classes, "targetMean": [np.mean(target) for target in targets],
                           "encodings": [each.values for each in every]},
            "fitTransform": matrix(crossed),
            "transform": [{"input": with_null(given), "output": matrix(encoded(every, given))} for given in (rows, other)],
            "names": names}


def targets():
    random = np.random.RandomState(9)
    rows = [[str(random.choice(list("abcd"))), int(random.randint(3)) * 10] for _ in range(40)]
    for row in rows[::11]:
        row[1] = NAN
    other = [["a", 10], ["z", 20], ["d", NAN], ["b", 5]]
    score = np.round(random.normal(size=40) + [ord(row[0]) - 97 for row in rows], 3).tolist()
    binary = ["yes" if value > 1.5 else "no" for value in score]
    classes = [int(value) for value in np.digitize(score, [0.5, 2])]
    for params in ({"randomState": 0}, {"smooth": 0, "randomState": 1}, {"smooth": 2.5, "cv": 3, "randomState": 2},
                   {"shuffle": False, "cv": 4}):
        yield target_case(params, rows, score, "continuous", other)
        yield target_case(params, rows, binary, "binary", other)
        yield target_case(params, rows, classes, "multiclass", other)
    yield target_case({"targetType": "continuous", "shuffle": False}, rows, classes, "continuous", other)
    yield target_case({"shuffle": False, "cv": 2}, rows[:8], [2.5] * 8, "continuous", other)


# ---------------------------------------------------------------- ColumnTransformer

def column_transformers():
    frame = pd.DataFrame({"age": [39, NAN, 41, 20], "island": ["a", "b", "a", "c"], "mass": [1.5, 2.5, 0.5, 1],
                          "size": [4.0, 3, 2, 1]})
    steps = [["scale", "StandardScaler", {}, ["mass", "size"]], ["kind", "OneHotEncoder", {}, "island"]]
    for chosen, remainder, verbose in (
            (steps, "drop", True), (steps, "passthrough", True), (steps, "passthrough", False),
            ([["none", "drop", {}, ["mass"]], *steps[1:], ["same", "passthrough", {}, ["size"]]], "drop", True),
            ([["fill", "SimpleImputer", {"addIndicator": True}, ["age"]], ["poly", "PolynomialFeatures", {}, ["mass", "size"]]], "drop", True)):
        made = [(name, kind if kind in ("drop", "passthrough") else make(kind, params), [columns] if isinstance(columns, str) else columns)
                for name, kind, params, columns in chosen]
        transformer = ColumnTransformer(made, remainder=remainder, verbose_feature_names_out=verbose)
        output = transformer.fit_transform(frame)
        yield {"steps": chosen, "remainder": remainder, "verbose": verbose,
               "rows": [{key: None if is_missing(value) else value for key, value in row.items()} for row in frame.to_dict("records")],
               "names": list(transformer.get_feature_names_out()), "output": matrix(np.asarray(output, dtype=float))}


write_json("sklearn_preprocessing.json", {"sklearn": sklearn.__version__, "numpy": np.__version__},
           cases=[*imputers(), *ordinals(), *one_hots(), *scalings(), *polynomials(), *quantiles(), *targets()],
           columnTransformers=list(column_transformers()))
