"""Curves, rank scores, agreement, F-scores and regression errors -> sklearn_scores.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_scores.py

All in float64. Options absent from a case have scikit-learn's defaults. The JSON file holds

  sklearn, numpy   versions
  scored   name -> {yTrue, yPred} or {yTrue, yScore}, with sampleWeight (some 0). Weights and most values are
           multiples of 1/4 or of 1/1000, so that sums of weights are exact
  cases    {score (name in camelCase), scored, options, value}: a number, a list, or an object of lists;
           `weighted`: true means with sampleWeight; {..., error: {type, message}} where scikit-learn refuses;
           `warns`: true where it warns (UndefinedMetricWarning or UserWarning)

The functions below named `..._as_1_9` stand for what scikit-learn 1.9 does and 1.2.1 does not:
  root_mean_squared_error (since 1.4), roc_curve whose first threshold is infinite (since 1.3),
  precision_recall_curve with drop_intermediate (since 1.3), average_precision_score of more than two classes
  (since 1.3), brier_score_loss of more than two classes (since 1.7), median_absolute_error with weights that
  takes the mean of two neighbours (since 1.7), f-scores without positive rows.
"""

import itertools
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize

from golden_common import matrix, snake, write_json


# ---------------------------------------------------------------- as scikit-learn 1.9

def root_mean_squared_error_as_1_9(y_true, y_pred, sample_weight=None, multioutput="uniform_average"):
    errors = np.sqrt(metrics.mean_squared_error(y_true, y_pred, sample_weight=sample_weight, multioutput="raw_values"))
    if isinstance(multioutput, str):
        return errors if multioutput == "raw_values" else errors.mean()
    return np.average(errors, weights=multioutput)


def median_absolute_error_as_1_9(y_true, y_pred, sample_weight=None, multioutput="uniform_average"):
    """The weights are multiples of 1/4: a row of weight w stands for 4w equal rows."""
    if sample_weight is not None:
        times = np.round(np.asarray(sample_weight) * 4).astype(int)
        y_true, y_pred = np.repeat(y_true, times, axis=0), np.repeat(y_pred, times, axis=0)
    return metrics.median_absolute_error(y_true, y_pred, multioutput=multioutput)


def roc_curve_as_1_9(y_true, y_score, **options):
    fpr, tpr, thresholds = metrics.roc_curve(y_true, y_score, **options)
    thresholds = thresholds.astype(float)
    thresholds[0] = np.inf
    return {"fpr": fpr, "tpr": tpr, "thresholds": thresholds}


def precision_recall_curve_as_1_9(y_true, y_score, drop_intermediate=False, **options):
    precision, recall, thresholds = metrics.precision_recall_curve(y_true, y_score, **options)
    if drop_intermediate and len(thresholds) > 2:
        own = recall[:-1][::-1]        # by falling threshold; proportional to the true positives
        keep = np.concatenate([[True], (np.diff(own[:-1]) != 0) | (np.diff(own[1:]) != 0), [True]])[::-1]
        precision, recall = np.append(precision[:-1][keep], 1.0), np.append(recall[:-1][keep], 0.0)
        thresholds = thresholds[keep]
    return {"precision": precision, "recall": recall, "thresholds": thresholds.astype(float)}


def average_precision_score_as_1_9(y_true, y_score, **options):
    if y_true.ndim == 1 and len(np.unique(y_true)) > 2:
        y_true = label_binarize(y_true, classes=np.unique(y_true))
        if y_true.shape != y_score.shape:
            raise ValueError("`y_score` needs to be of shape `(n_samples, n_classes)`")
    return metrics.average_precision_score(y_true, y_score, **options)


def brier_score_loss_as_1_9(y_true, y_proba, sample_weight=None, pos_label=None, labels=None, scale_by_half="auto"):
    if y_proba.ndim == 1:
        loss = metrics.brier_score_loss(y_true, y_proba, sample_weight=sample_weight, pos_label=pos_label)
        return loss if scale_by_half in ("auto", True) else 2 * loss
    classes = np.unique(y_true if labels is None else labels)
    losses = (((y_true[:, None] == classes[None]).astype(float) - y_proba) ** 2).sum(axis=1)
    half = len(classes) < 3 if scale_by_half == "auto" else scale_by_half
    return np.average(losses, weights=sample_weight) * (0.5 if half else 1.0)


def calibration(y_true, y_prob, **options):
    prob_true, prob_pred = calibration_curve(y_true, y_prob, **options)
    return {"probTrue": prob_true, "probPred": prob_pred}


FUNCTIONS = {
    "rocCurve": roc_curve_as_1_9, "precisionRecallCurve": precision_recall_curve_as_1_9,
    "averagePrecisionScore": average_precision_score_as_1_9, "calibrationCurve": calibration,
    "brierScoreLoss": brier_score_loss_as_1_9, "topKAccuracyScore": metrics.top_k_accuracy_score,
    "rootMeanSquaredError": root_mean_squared_error_as_1_9, "medianAbsoluteError": median_absolute_error_as_1_9,
    "meanAbsolutePercentageError": metrics.mean_absolute_percentage_error,
    "explainedVarianceScore": metrics.explained_variance_score, "meanPoissonDeviance": metrics.mean_poisson_deviance,
    "r2Score": metrics.r2_score, "matthewsCorrcoef": metrics.matthews_corrcoef,
    "cohenKappaScore": metrics.cohen_kappa_score, "hammingLoss": metrics.hamming_loss,
    "accuracyScore": metrics.accuracy_score, "precisionScore": metrics.precision_score,
    "recallScore": metrics.recall_score, "f1Score": metrics.f1_score, "fbetaScore": metrics.fbeta_score,
    "jaccardScore": metrics.jaccard_score,
}


# ---------------------------------------------------------------- data

def make_scored():
    draw = np.random.RandomState(33)

    def labelled(labels, n, wrong):
        true = np.array(labels)[draw.randint(0, len(labels), n)]
        return {"yTrue": true, "yPred": np.where(draw.rand(n) < wrong, np.array(labels)[draw.randint(0, len(labels), n)], true)}

    def scores_of(true, digits):
        return np.round(np.clip(draw.rand(len(true)) * 0.7 + 0.3 * true, 0, 1), digits)

    scored = {
        "binary": labelled([0, 1], 40, 0.4), "signed": labelled([-1, 1], 25, 0.5), "flags": labelled([False, True], 20, 0.4),
        "three": labelled([0, 1, 2], 50, 0.5), "grades": labelled([1, 2, 3, 5, 8], 60, 0.6),
        "words": labelled(["cat", "dog", "Eel", "ant"], 36, 0.6), "two words": labelled(["no", "yes"], 30, 0.3),
        "perfect": {"yTrue": np.array([2, 0, 1, 2]), "yPred": np.array([2, 0, 1, 2])},
        "never": {"yTrue": np.array([0, 1, 0, 1, 1]), "yPred": np.zeros(5, int)},
        "one class": {"yTrue": np.ones(4, int), "yPred": np.ones(4, int)},
        "opposite": {"yTrue": np.array([0, 1, 0, 1]), "yPred": np.array([1, 0, 1, 0])},
        "many": labelled(list(range(100, 130)), 400, 0.5),
        "large": labelled([0, 1, 2], 3000, 0.3),
    }
    target = draw.randint(0, 2, 70)
    scored["chance"] = {"yTrue": target, "yScore": scores_of(target, 3)}
    scored["ties"] = {"yTrue": target, "yScore": draw.randint(0, 5, 70) + target}
    scored["signed scores"] = {"yTrue": 2 * target - 1, "yScore": np.round(draw.normal(0, 1, 70) + target, 2)}
    scored["flag scores"] = {"yTrue": target.astype(bool), "yScore": scores_of(target, 2)}
    scored["word scores"] = {"yTrue": np.where(target, "yes", "no"), "yScore": scores_of(target, 2)}
    scored["one and two"] = {"yTrue": target + 1, "yScore": scores_of(target, 2)}
    scored["same score"] = {"yTrue": np.array([0, 1, 1, 0]), "yScore": np.full(4, 0.5)}
    scored["separated"] = {"yTrue": np.array([0, 0, 1, 1, 1]), "yScore": np.array([0.1, 0.2, 0.7, 0.8, 0.9])}
    scored["reversed"] = {"yTrue": np.array([1, 1, 0, 0, 0]), "yScore": np.array([0.1, 0.2, 0.7, 0.8, 0.9])}
    scored["edges"] = {"yTrue": np.array([0, 1, 0, 1, 1, 0, 1]), "yScore": np.array([0, 0.2, 0.4, 0.6, 0.8, 1, 0.6000000000000001])}
    scored["all positive"] = {"yTrue": np.ones(4, int), "yScore": np.array([0.1, 0.4, 0.9, 0.4])}
    scored["all negative"] = {"yTrue": np.zeros(4, int), "yScore": np.array([0.1, 0.4, 0.9, 0.4])}
    scored["zeros"] = {"yTrue": np.array([1, 0, 1, 0]), "yScore": np.array([0.0, -0.0, 1.0, -1.0])}
    big = draw.randint(0, 2, 1500)
    scored["by digits"] = {"yTrue": big, "yScore": np.round(draw.normal(0, 1, 1500) + big, 2)}
    labels = draw.randint(0, 3, 45)
    raw = draw.rand(45, 3) + np.eye(3)[labels] * draw.rand(45, 1)
    rounded = np.round(raw / raw.sum(axis=1, keepdims=True), 3)
    rounded[:, -1] = np.round(1 - rounded[:, :-1].sum(axis=1), 3)
    scored["triple"] = {"yTrue": labels, "yScore": rounded}
    scored["triple ties"] = {"yTrue": labels, "yScore": draw.randint(0, 3, (45, 3))}
    scored["triple words"] = {"yTrue": np.array(["b", "C", "a"])[labels], "yScore": rounded}
    indicators = (draw.rand(24, 4) < [0.5, 0.3, 0.7, 0.2]).astype(int)
    scored["rows"] = {"yTrue": indicators, "yPred": np.where(draw.rand(24, 4) < 0.3, 1 - indicators, indicators)}
    scored["row scores"] = {"yTrue": indicators, "yScore": np.round(draw.rand(24, 4) * 0.7 + 0.3 * indicators, 2)}
    hollow = indicators.copy()
    hollow[:, 1] = 0
    hollow[2] = 0
    scored["hollow rows"] = {"yTrue": hollow, "yPred": np.where(np.arange(4) == 1, 0, indicators)}
    scored["hollow scores"] = {"yTrue": hollow, "yScore": scored["row scores"]["yScore"]}
    values = np.round(draw.normal(0, 3, 30), 3)
    scored["values"] = {"yTrue": values, "yPred": np.round(values + draw.normal(0, 1, 30), 3)}
    scored["odd values"] = {"yTrue": values[:29], "yPred": np.round(values[:29] * 0.9, 3)}
    pairs = np.round(draw.normal(2, 2, (12, 3)), 3)
    scored["value rows"] = {"yTrue": pairs, "yPred": np.round(pairs + draw.normal(0, [0.5, 1, 4], (12, 3)), 3)}
    scored["same values"] = {"yTrue": np.full(5, 2.0), "yPred": np.array([2.0, 2.5, 1.5, 2.0, 2.0])}
    scored["shifted"] = {"yTrue": values, "yPred": values + 0.5}
    scored["same and shifted"] = {"yTrue": np.full(3, 2.0), "yPred": np.full(3, 2.25)}
    scored["half constant"] = {"yTrue": np.column_stack([values[:6], np.full(6, 1.0)]), "yPred": np.column_stack([values[:6] + [0.5, 0, 0, 1, 0, 0], np.full(6, 1.25)])}
    scored["counts"] = {"yTrue": draw.poisson(2, 40).astype(float), "yPred": np.round(draw.rand(40) * 3 + 0.1, 3)}
    scored["single"] = {"yTrue": np.array([3.0]), "yPred": np.array([2.5])}
    scored["no counts"] = {"yTrue": np.array([1.0, -1.0]), "yPred": np.array([1.0, 1.0])}
    scored["no rates"] = {"yTrue": np.array([1.0, 0.0]), "yPred": np.array([1.0, 0.0])}
    for entry in scored.values():
        rows = len(entry["yTrue"])
        if rows < 100:
            weights = draw.randint(1, 13, rows) / 4
            weights[draw.rand(rows) < 0.1] = 0
            entry["sampleWeight"] = weights if weights.any() else np.ones(rows)
    return scored


SCORED = make_scored()


# ---------------------------------------------------------------- cases

def plain_matrix(value):
    return matrix(value) if isinstance(value, np.ndarray) and value.ndim == 2 else value


def case(score, name, options=None, weighted=False):
    entry, options = SCORED[name], options or {}
    arguments = {snake(key): value for key, value in options.items()}
    if weighted:
        arguments["sample_weight"] = entry["sampleWeight"]
    result = {"score": score, "scored": name, "options": options, **({"weighted": True} if weighted else {})}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = FUNCTIONS[score](entry["yTrue"], entry["yPred"] if "yPred" in entry else entry["yScore"], **arguments)
        except ValueError as error:
            return {**result, "error": {"type": type(error).__name__, "message": str(error)}}
    warns = any(issubclass(each.category, (UserWarning, RuntimeWarning)) for each in caught)
    return {**result, "value": plain_matrix(value), **({"warns": True} if warns else {})}


def curve_cases():
    for name in ("chance", "ties", "signed scores", "flag scores", "same score", "separated", "reversed", "edges",
                 "all positive", "all negative", "zeros", "by digits"):
        for score, weighted in itertools.product(("rocCurve", "precisionRecallCurve"), (False, True)):
            if weighted and "sampleWeight" not in SCORED[name]:
                continue
            for drop in (True, False):
                yield case(score, name, {"dropIntermediate": drop}, weighted)
            yield case(score, name, {}, weighted)
    for score in ("rocCurve", "precisionRecallCurve"):
        for name in ("word scores", "one and two", "triple words"):
            yield case(score, name)
        yield case(score, "word scores", {"posLabel": "yes"})
        yield case(score, "word scores", {"posLabel": "no"}, True)
        yield case(score, "one and two", {"posLabel": 2})
        yield case(score, "chance", {"posLabel": 0})
    for name, strategy, bins in itertools.product(("chance", "flag scores", "edges", "same score", "separated"),
                                                  ("uniform", "quantile"), (5, 3, 10, 1)):
        yield case("calibrationCurve", name, {"strategy": strategy, "nBins": bins})
    yield case("calibrationCurve", "chance")
    yield case("calibrationCurve", "word scores", {"posLabel": "yes"})
    yield case("calibrationCurve", "all positive")
    for name in ("word scores", "ties", "signed scores"):
        yield case("calibrationCurve", name)


def rank_cases():
    score = "averagePrecisionScore"
    for name, weighted in itertools.product(("chance", "ties", "signed scores", "flag scores", "same score", "separated",
                                             "reversed", "all positive", "all negative", "one and two", "zeros"), (False, True)):
        yield case(score, name, {}, weighted)
    yield case(score, "by digits")
    yield case(score, "word scores", {"posLabel": "yes"})
    yield case(score, "word scores")
    yield case(score, "chance", {"posLabel": 0})
    yield case(score, "chance", {"posLabel": 5})
    for name, average, weighted in itertools.product(("triple", "triple ties", "triple words", "row scores", "hollow scores"),
                                                     ("macro", "micro", "weighted", "samples", None), (False, True)):
        yield case(score, name, {"average": average}, weighted)
    for name, k, weighted in itertools.product(("triple", "triple ties", "triple words"), (1, 2, 3, 4), (False, True)):
        yield case("topKAccuracyScore", name, {"k": k}, weighted)
    for name, k, weighted in itertools.product(("chance", "ties", "signed scores", "word scores", "flag scores"), (1, 2), (False, True)):
        yield case("topKAccuracyScore", name, {"k": k}, weighted)
    yield case("topKAccuracyScore", "triple")
    yield case("topKAccuracyScore", "triple", {"normalize": False})
    yield case("topKAccuracyScore", "triple", {"normalize": False, "k": 1}, True)
    yield case("topKAccuracyScore", "all positive", {"k": 1, "labels": [0, 1]})
    yield case("topKAccuracyScore", "all positive", {"k": 1})
    for name, weighted in itertools.product(("chance", "flag scores", "one and two", "separated", "edges", "all positive",
                                             "all negative", "triple", "triple words"), (False, True)):
        for scale in ("auto", True, False):
            yield case("brierScoreLoss", name, {"scaleByHalf": scale}, weighted)
        yield case("brierScoreLoss", name, {}, weighted)
    yield case("brierScoreLoss", "word scores", {"posLabel": "yes"})
    yield case("brierScoreLoss", "word scores", {"posLabel": "no"})
    yield case("brierScoreLoss", "word scores")
    yield case("brierScoreLoss", "chance", {"posLabel": 0})
    yield case("brierScoreLoss", "ties")


def label_cases():
    labelled = ("binary", "signed", "flags", "three", "grades", "words", "two words", "perfect", "never", "one class",
                "opposite", "many", "large")
    for name, weighted in itertools.product(labelled, (False, True)):
        if weighted and "sampleWeight" not in SCORED[name]:
            continue
        yield case("matthewsCorrcoef", name, {}, weighted)
        yield case("hammingLoss", name, {}, weighted)
        for weights in (None, "linear", "quadratic"):
            yield case("cohenKappaScore", name, {"weights": weights}, weighted)
        for average in ("macro", "micro", "weighted", None):
            yield case("jaccardScore", name, {"average": average}, weighted)
            for beta in (0.5, 2):
                yield case("fbetaScore", name, {"beta": beta, "average": average}, weighted)
        yield case("jaccardScore", name, {}, weighted)
        yield case("fbetaScore", name, {"beta": 0.5}, weighted)
    yield case("fbetaScore", "binary", {"beta": float("inf")})
    yield case("fbetaScore", "binary", {"beta": 0})
    yield case("fbetaScore", "two words", {"beta": 3, "posLabel": "yes"})
    yield case("jaccardScore", "two words", {"posLabel": "no"})
    yield case("jaccardScore", "never", {"average": "macro", "zeroDivision": 1})
    yield case("jaccardScore", "three", {"labels": [2, 7], "average": None})
    yield case("jaccardScore", "three", {"labels": [2, 7], "average": "weighted"})
    yield case("fbetaScore", "three", {"beta": 2, "labels": [2, 7], "average": None})
    yield case("cohenKappaScore", "grades", {"labels": [8, 1, 3]})
    yield case("cohenKappaScore", "grades", {"labels": [8, 1, 3], "weights": "linear"})
    yield case("cohenKappaScore", "words", {"labels": ["dog", "cow"]})
    yield case("cohenKappaScore", "words", {"labels": ["cow"]})
    for name, weighted in itertools.product(("rows", "hollow rows"), (False, True)):
        yield case("hammingLoss", name, {}, weighted)
        yield case("accuracyScore", name, {}, weighted)
        yield case("matthewsCorrcoef", name)
        yield case("cohenKappaScore", name)
        for score, average in itertools.product(("precisionScore", "recallScore", "f1Score", "jaccardScore"),
                                                ("macro", "micro", "weighted", "samples", None)):
            yield case(score, name, {"average": average}, weighted)
        for average in ("macro", "micro", "weighted", "samples", None):
            yield case("fbetaScore", name, {"average": average, "beta": 2}, weighted)
        yield case("jaccardScore", name)
        yield case("jaccardScore", name, {"average": "macro", "zeroDivision": 1})
        yield case("recallScore", name, {"average": "samples", "zeroDivision": 1})
        yield case("jaccardScore", name, {"labels": [2, 0], "average": None})
        yield case("recallScore", name, {"labels": [2, 0], "average": "weighted"})
        yield case("recallScore", name, {"labels": [2, 0], "average": "samples"})
        yield case("recallScore", name, {"labels": [0, 9], "average": "macro"})
    yield case("jaccardScore", "three", {"average": "samples"})


def regression_cases():
    scores = ("rootMeanSquaredError", "medianAbsoluteError", "meanAbsolutePercentageError", "explainedVarianceScore")
    names = ("values", "odd values", "value rows", "same values", "shifted", "same and shifted", "half constant", "counts", "single")
    for score, name, weighted in itertools.product(scores, names, (False, True)):
        yield case(score, name, {}, weighted)
        if SCORED[name]["yTrue"].ndim == 2:
            yield case(score, name, {"multioutput": "raw_values"}, weighted)
            yield case(score, name, {"multioutput": [1.0, 2.0] + [0.5] * (SCORED[name]["yTrue"].shape[1] - 2)}, weighted)
    for score, name in itertools.product(("explainedVarianceScore", "r2Score"), ("values", "value rows", "same values", "half constant")):
        yield case(score, name, {"forceFinite": False})
        yield case(score, name, {"multioutput": "variance_weighted"})
    for name, weighted in itertools.product(("counts", "no counts", "no rates", "value rows"), (False, True)):
        yield case("meanPoissonDeviance", name, {}, weighted)


if __name__ == "__main__":
    np.seterr(all="ignore")
    write_json("sklearn_scores.json",
               {"sklearn": sklearn.__version__, "numpy": np.__version__,
                "scored": {name: {key: plain_matrix(item) for key, item in entry.items()} for name, entry in SCORED.items()}},
               cases=[*curve_cases(), *rank_cases(), *label_cases(), *regression_cases()])
