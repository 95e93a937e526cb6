"""Every other behaviour of MLPClassifier and MLPRegressor -> sklearn_mlp_more.json

Run:  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 /usr/bin/python3 tests/goldens/sklearn_mlp_more.py

Inputs are float32. The JSON file holds

  sklearn, numpy, scipy   versions
  data          name -> {note, x: {shape, data}, y: [...] or {shape, data}}
  tolerance     relative tolerance that `agree` was counted with
  cases         one per line:
    name, kind  ('classifier' or 'regressor'), data
    params      every constructor parameter
    repeat      (some) row i occurs repeat[i] times in a row: full batch, no shuffle, so the same as
                sampleWeight = repeat on the single rows (nIter, t and score are those of the repeated rows)
    calls       what was called, in order, and how things stood after each call:
      method    'fit' or 'partialFit'
      rows      [first, end) of the data; absent: all
      set       parameters changed before the call
      classes   argument of partialFit
      nIter, t, loss, bestLoss, epochs (length of lossCurve)
      messages  [[nIter, line]...]: what verbose prints besides the per-epoch lines
      printed   (some) every line that verbose prints
      warnings  texts
    classes     of a classifier
    outActivation, nLayers, nOutputs, score
    lossCurve   of the float32 run over all calls; validationScores, bestValidationScore with earlyStopping
    lossByIteration   (lbfgs) loss after 1, 2, 3, ... iterations: separate fits with maxIter 1, 2, 3, ...
    agree       number of leading epochs (lbfgs: iterations) in which that run, a
                float64 run and eight float32 runs with reordered input columns have the same loss
                within the tolerance. For lbfgs scikit-learn computes in float64 even here; its eight
                reordered runs round parameters, loss and gradient to float32 in every evaluation
    agreeFloat32  the same among the float32 runs only
    spread      [lowest, highest] among the ten runs of nIter, loss, score, and the largest difference
                of any predicted probability or value from that of the float32 run ('prediction')
    proba       predictProba of the first 20 rows (classifier)
    top         first 50 rows: [index of the predicted class, its probability, second best probability]
    labels      first 50 rows (multi-label: matrix)
    values      predict of the first 20 rows (regressor)
  errors        {name, type, message}: what scikit-learn answers to misuse
"""

import contextlib
import io
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from golden_common import agreement, camel_params, column_orders, matrix, recorded, snake, variants, write_json

TOLERANCE = 1e-4
CLASSIFIER, REGRESSOR = "classifier", "regressor"
FIT = [{"method": "fit"}]


# ---------------------------------------------------------------- data

def make_data():
    iris = load_iris()
    order = np.random.RandomState(0).permutation(150)
    x = iris.data[order].astype(np.float32)
    y = iris.target[order]
    two = y > 0
    diabetes = load_diabetes()
    names = iris.target_names
    return {
        "iris": ("load_iris in the order RandomState(0).permutation(150)", x, y),
        "irisNames": ("iris with species names", x, names[y]),
        "irisMixed": ("iris with labels that sort by code point", x, np.array(["b9", "Äpfel", "Zebra"])[y]),
        "irisSigned": ("iris with labels -5, 0, 3 in another order of the species", x, np.array([3, -5, 0])[y]),
        "binary": ("iris without setosa, labels 1 and 2", x[two], y[two]),
        "binarySigned": ("binary with labels -1 and 1", x[two], np.where(y[two] == 1, 1, -1)),
        "binaryBool": ("binary with labels false and true", x[two], y[two] == 2),
        "binaryNames": ("binary with species names", x[two], names[y[two]]),
        "multilabel": ("iris; sepal length > 5.8, petal width > 1.3, versicolor", x,
                       np.column_stack([x[:, 0] > 5.8, x[:, 3] > 1.3, y == 1]).astype(int)),
        "petals": ("petal length and width from the sepal's", np.ascontiguousarray(x[:, :2]), np.ascontiguousarray(x[:, 2:])),
        "diabetes": ("first 230 rows of load_diabetes, target divided by 100",
                     diabetes.data[:230].astype(np.float32), (diabetes.target[:230] / 100).astype(np.float32)),
    }


DATA = make_data()


# ---------------------------------------------------------------- one case

def play(estimator, x, y, calls, log=None):
    """Makes the calls; appends how things stood after each to log."""
    for call in calls:
        rows = slice(*call["rows"]) if "rows" in call else slice(None)
        arguments = {"classes": call["classes"]} if "classes" in call else {}
        estimator.set_params(**{snake(key): value for key, value in call.get("set", {}).items()})
        printed = io.StringIO()
        speaks = log is not None and estimator.solver != "lbfgs"
        estimator.set_params(verbose=speaks)
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
            warnings.simplefilter("always")
            if hasattr(estimator, "n_iter_"):
                estimator.n_iter_ = 0  # as 1.9 does in every call; 1.2.1 counts on, and warns at maxIter once only
            getattr(estimator, snake(call["method"]))(x[rows], y[rows], **arguments)
        estimator.set_params(verbose=False)
        if log is not None:
            log.append(standing(estimator, call, printed.getvalue().splitlines(), [str(item.message) for item in caught]))


def standing(estimator, call, lines, texts):
    epoch, messages = 0, []
    for line in lines:
        if line.startswith("Iteration "):
            epoch = int(line.split()[1].rstrip(","))
        elif not line.startswith("Validation score: "):
            messages.append([epoch, line])
    state = {**call, "nIter": estimator.n_iter_, "t": estimator.t_, "loss": estimator.loss_}
    if estimator.solver != "lbfgs":
        state["bestLoss"] = estimator.best_loss_
        state["epochs"] = len(estimator.loss_curve_)
    state.update({"messages": messages, "warnings": texts})
    if state.pop("print", False):
        state["printed"] = lines
    return state


def outputs(estimator, x):
    return estimator.predict_proba(x) if hasattr(estimator, "predict_proba") else estimator.predict(x)


def lbfgs_curves(kind, params, x, y, iterations):
    """Loss after 1, 2, ... iterations of each of the ten runs, by fits that are cut short."""
    curves = [[] for _ in range(10)]
    for count in range(1, iterations + 1):
        def run(estimator, data):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                play(estimator, data, y, FIT)
        first, others = variants(kind, {**params, "maxIter": count}, x, run)
        if first.n_iter_ < count:
            break
        for curve, estimator in zip(curves, [first] + others):
            curve.append(float(estimator.loss_))
    return curves


def case(name, kind, data, params, calls=FIT, repeat=None):
    note, x, y = DATA[data]
    if repeat is not None:
        x, y = np.repeat(x, repeat, axis=0), np.repeat(y, repeat, axis=0)
    logs = []

    def run(estimator, inputs):
        log = []
        play(estimator, inputs, y, calls, log if not logs else None)
        logs.append(log)

    fresh = camel_params(recorded(kind, params))
    first, others = variants(kind, params, x, run)
    inputs = [x, x.astype(np.float64)] + [np.ascontiguousarray(x[:, order]) for order in column_orders(x.shape[1])]
    runs = [first] + others
    predicted = [outputs(estimator, values) for estimator, values in zip(runs, inputs)]
    result = {"name": name, "kind": kind, "data": data, "params": fresh}
    if repeat is not None:
        result["repeat"] = repeat
    result["calls"] = logs[0]
    if kind == CLASSIFIER:
        result["classes"] = first.classes_
    result.update({"outActivation": first.out_activation_, "nLayers": first.n_layers_, "nOutputs": first.n_outputs_})
    scores = [estimator.score(values, y) for estimator, values in zip(runs, inputs)]
    result["score"] = scores[0]
    if first.solver == "lbfgs":
        curves = lbfgs_curves(kind, params, x, y, min(12, first.max_iter))
        result["lossByIteration"] = curves[0]
    else:
        curves = [estimator.loss_curve_ for estimator in runs]
        result["lossCurve"] = curves[0]
        if first.early_stopping:
            result.update({"validationScores": first.validation_scores_, "bestValidationScore": first.best_validation_score_})
    result["agree"] = agreement(curves, TOLERANCE)
    result["agreeFloat32"] = agreement(curves[2:] if first.solver == "lbfgs" else curves[:1] + curves[2:], TOLERANCE)
    result["spread"] = {key: [min(values), max(values)] for key, values in (
        ("nIter", [estimator.n_iter_ for estimator in runs]), ("loss", [estimator.loss_ for estimator in runs]),
        ("score", scores))}
    result["spread"]["prediction"] = max(float(np.max(np.abs(values - predicted[0]))) for values in predicted)
    if kind == REGRESSOR:
        result["values"] = first.predict(x[:20])
    else:
        result["proba"] = matrix(first.predict_proba(x[:20]))
        labels = first.predict(x[:50])
        if first.n_outputs_ > 1 and first.out_activation_ == "logistic":
            result["labels"] = matrix(labels)
        else:
            best = np.sort(first.predict_proba(x[:50]), axis=1)[:, ::-1]
            index = {label: position for position, label in enumerate(first.classes_)}
            result["top"] = [[index[label], row[0], row[1]] for label, row in zip(labels, best)]
    print("%-34s epochs %4d agree %4d nIter %s score %s prediction %.1e" % (
        name, len(curves[0]), result["agree"], result["spread"]["nIter"],
        ["%.4f" % value for value in result["spread"]["score"]], result["spread"]["prediction"]),
        [line for log in logs[0] for line in log["messages"] + log["warnings"]][-1:])
    return result


# ---------------------------------------------------------------- the cases

def lbfgs_cases():
    base = {"solver": "lbfgs", "hiddenLayerSizes": [10], "randomState": 0}
    for activation in ("relu", "tanh", "logistic", "identity"):
        yield case("lbfgs-iris-" + activation, CLASSIFIER, "iris", {**base, "activation": activation, "randomState": 7})
    yield case("lbfgs-iris-cut", CLASSIFIER, "iris", {**base, "maxIter": 5, "randomState": 1})
    yield case("lbfgs-iris-deep", CLASSIFIER, "iris", {**base, "hiddenLayerSizes": [8, 6], "randomState": 2, "activation": "tanh"})
    yield case("lbfgs-iris-alpha", CLASSIFIER, "iris", {**base, "alpha": 5.0, "randomState": 3})
    yield case("lbfgs-iris-maxFun", CLASSIFIER, "iris", {**base, "maxFun": 9})
    yield case("lbfgs-iris-tol", CLASSIFIER, "iris", {**base, "tol": 0.05})
    yield case("lbfgs-iris-linear", CLASSIFIER, "iris", {**base, "hiddenLayerSizes": []})
    yield case("lbfgs-binary", CLASSIFIER, "binary", {**base, "activation": "tanh"})
    yield case("lbfgs-multilabel", CLASSIFIER, "multilabel", {**base, "alpha": 0.1})
    yield case("lbfgs-diabetes", REGRESSOR, "diabetes", {**base, "maxIter": 40})
    yield case("lbfgs-diabetes-tanh-alpha", REGRESSOR, "diabetes", {**base, "alpha": 1.0, "activation": "tanh"})
    yield case("lbfgs-petals", REGRESSOR, "petals", {**base, "activation": "tanh", "maxIter": 30})
    yield case("lbfgs-warm", CLASSIFIER, "iris", {**base, "maxIter": 6, "warmStart": True}, FIT * 2)
    yield case("lbfgs-weights", CLASSIFIER, "iris", {**base, "activation": "tanh", "maxIter": 12}, repeat=repeats(150))


def repeats(rows, high=3):
    return np.random.RandomState(5).randint(0, high, rows)


def schedule_cases():
    sgd = {"solver": "sgd", "hiddenLayerSizes": [10], "randomState": 0, "maxIter": 40, "tol": 0.0, "nIterNoChange": 1000}
    for power, rate in ((0.5, 0.3), (0.25, 0.1), (1.0, 0.1)):
        yield case("invscaling-power%s" % power, CLASSIFIER, "iris",
                   {**sgd, "learningRate": "invscaling", "learningRateInit": rate, "powerT": power, "batchSize": 50, "activation": "tanh"})
    yield case("invscaling-diabetes", REGRESSOR, "diabetes",
               {**sgd, "learningRate": "invscaling", "learningRateInit": 0.2, "powerT": 0.3, "activation": "tanh"})
    yield case("invscaling-warm", CLASSIFIER, "iris",
               {**sgd, "learningRate": "invscaling", "activation": "tanh", "learningRateInit": 0.06, "powerT": 0.2, "maxIter": 8, "warmStart": True}, FIT * 2)
    yield case("invscaling-partial", CLASSIFIER, "iris",
               {**sgd, "learningRate": "invscaling", "activation": "tanh", "learningRateInit": 0.06, "powerT": 0.2},
               [{"method": "partialFit", "classes": [0, 1, 2]}] + [{"method": "partialFit"}] * 5)
    adaptive = {**sgd, "learningRate": "adaptive", "maxIter": 300, "tol": 0.01, "nIterNoChange": 3}
    yield case("adaptive-iris", CLASSIFIER, "iris", {**adaptive, "learningRateInit": 0.02})
    yield case("adaptive-iris-batch", CLASSIFIER, "iris", {**adaptive, "learningRateInit": 0.05, "batchSize": 40, "randomState": 1, "activation": "tanh"})
    yield case("adaptive-binary", CLASSIFIER, "binary", {**adaptive, "learningRateInit": 0.02, "randomState": 2, "nIterNoChange": 5, "activation": "tanh", "batchSize": 25, "tol": 0.005})
    yield case("adaptive-cut", CLASSIFIER, "iris", {**adaptive, "learningRateInit": 0.02, "maxIter": 25, "nIterNoChange": 1})
    yield case("adaptive-diabetes", REGRESSOR, "diabetes", {**adaptive, "learningRateInit": 0.1, "activation": "tanh"})
    yield case("adaptive-tiny-rate", CLASSIFIER, "iris", {**adaptive, "learningRateInit": 1e-6, "nIterNoChange": 2})
    yield case("adaptive-validation", CLASSIFIER, "iris", {**adaptive, "learningRateInit": 0.05, "earlyStopping": True, "validationFraction": 0.2, "activation": "tanh", "batchSize": 32})
    yield case("adaptive-adam-ignored", CLASSIFIER, "iris", {**adaptive, "solver": "adam", "learningRateInit": 0.02})


def early_cases():
    base = {"hiddenLayerSizes": [10], "randomState": 0, "maxIter": 100, "earlyStopping": True, "learningRateInit": 0.01, "batchSize": 20}
    yield case("early-binary-adam", CLASSIFIER, "binary", {**base, "activation": "tanh"})
    yield case("early-binary-sgd", CLASSIFIER, "binary", {**base, "solver": "sgd", "learningRateInit": 0.01, "activation": "tanh", "validationFraction": 0.25, "nIterNoChange": 5, "randomState": 5})
    yield case("early-binary-names", CLASSIFIER, "binaryNames", {**base, "randomState": 3, "nIterNoChange": 4, "activation": "logistic", "solver": "sgd", "learningRateInit": 0.1})
    yield case("early-binary-auto", CLASSIFIER, "binarySigned", {**base, "batchSize": "auto", "validationFraction": 0.33, "randomState": 7, "activation": "tanh"})
    yield case("early-iris-adam", CLASSIFIER, "iris", {**base, "randomState": 1, "activation": "tanh"})
    yield case("early-iris-sgd", CLASSIFIER, "irisNames", {**base, "solver": "sgd", "learningRateInit": 0.05, "validationFraction": 0.2, "nIterNoChange": 6})
    yield case("early-iris-noshuffle", CLASSIFIER, "iris", {**base, "shuffle": False, "randomState": 2, "activation": "tanh", "nIterNoChange": 6})
    yield case("early-iris-tol", CLASSIFIER, "iris", {**base, "tol": 0.05, "nIterNoChange": 3, "randomState": 4, "activation": "tanh"})
    yield case("early-multilabel", CLASSIFIER, "multilabel", {**base, "activation": "tanh", "validationFraction": 0.2})
    yield case("early-diabetes", REGRESSOR, "diabetes", {**base, "activation": "tanh", "maxIter": 60})
    yield case("early-diabetes-sgd", REGRESSOR, "diabetes", {**base, "solver": "sgd", "activation": "tanh", "learningRateInit": 0.1, "batchSize": "auto", "nIterNoChange": 4, "tol": 0.01})
    yield case("early-petals", REGRESSOR, "petals", {**base, "solver": "sgd", "activation": "tanh", "nIterNoChange": 3, "tol": 0.005})
    yield case("early-warm", CLASSIFIER, "iris", {**base, "warmStart": True, "maxIter": 12, "activation": "tanh", "nIterNoChange": 5}, FIT * 2)
    yield case("early-warm-binary", CLASSIFIER, "binary", {**base, "warmStart": True, "maxIter": 9, "activation": "tanh", "nIterNoChange": 30, "solver": "sgd"}, FIT * 3)
    yield case("early-printed", CLASSIFIER, "binary", {**base, "maxIter": 4, "activation": "tanh"}, [{"method": "fit", "print": True}])


def sequence_cases():
    sgd = {"solver": "sgd", "hiddenLayerSizes": [10], "randomState": 0, "maxIter": 10, "learningRateInit": 0.02, "activation": "tanh"}
    adam = {**sgd, "solver": "adam", "learningRateInit": 0.01}
    yield case("warm-sgd", CLASSIFIER, "iris", {**sgd, "warmStart": True}, FIT * 2)
    yield case("warm-adam", CLASSIFIER, "iris", {**adam, "warmStart": True, "batchSize": 40}, FIT * 3)
    yield case("warm-regressor", REGRESSOR, "diabetes", {**adam, "warmStart": True}, FIT * 2)
    yield case("warm-longer", CLASSIFIER, "iris", {**sgd, "warmStart": True}, FIT + [{"method": "fit", "set": {"maxIter": 25}}])
    yield case("warm-other-rows", CLASSIFIER, "iris", {**adam, "warmStart": True},
               [{"method": "fit", "rows": [0, 90]}, {"method": "fit", "rows": [60, 150]}])
    yield case("warm-stops-again", CLASSIFIER, "iris",
               {**sgd, "warmStart": True, "maxIter": 60, "tol": 0.02, "nIterNoChange": 4, "learningRateInit": 0.1}, FIT * 2)
    yield case("refit", CLASSIFIER, "iris", {**sgd, "maxIter": 5}, FIT * 2)
    first = {"method": "partialFit", "classes": [0, 1, 2]}
    for solver, params in (("sgd", sgd), ("adam", adam)):
        yield case("partial-%s" % solver, CLASSIFIER, "iris", params, [first] + [{"method": "partialFit"}] * 7)
        yield case("partial-%s-chunks" % solver, CLASSIFIER, "iris", {**params, "batchSize": 16}, [
            {**(first if start == 0 and turn == 0 else {"method": "partialFit"}), "rows": [start, start + 50]}
            for turn in range(3) for start in (0, 50, 100)])
    yield case("partial-momentum-kept", CLASSIFIER, "iris", {**sgd, "learningRateInit": 0.02, "momentum": 0.95, "batchSize": 150},
               [first] + [{"method": "partialFit"}] * 9)
    yield case("partial-few-classes", CLASSIFIER, "irisNames", {**adam, "batchSize": 10},
               [{"method": "partialFit", "rows": [0, 2], "classes": ["virginica", "setosa", "versicolor"]},
                {"method": "partialFit", "rows": [2, 40]}])
    yield case("partial-binary", CLASSIFIER, "binary", adam, [{"method": "partialFit", "classes": [1, 2]}] + [{"method": "partialFit"}] * 3)
    yield case("partial-regressor", REGRESSOR, "diabetes", {**adam, "batchSize": 50}, [{"method": "partialFit"}] * 6)
    yield case("partial-petals", REGRESSOR, "petals", sgd, [{"method": "partialFit", "rows": [0, 100]}, {"method": "partialFit", "rows": [50, 150]}])
    yield case("fit-then-partial", CLASSIFIER, "iris", {**sgd, "maxIter": 4}, FIT + [{"method": "partialFit"}] * 3)
    yield case("partial-then-fit", CLASSIFIER, "iris", {**sgd, "maxIter": 4}, [first, {"method": "fit"}])
    yield case("partial-noshuffle", CLASSIFIER, "iris", {**adam, "shuffle": False, "batchSize": 32}, [first] + [{"method": "partialFit"}] * 3)


def kind_cases():
    sgd = {"solver": "sgd", "hiddenLayerSizes": [10], "randomState": 0, "maxIter": 30, "learningRateInit": 0.01,
           "activation": "tanh", "tol": 0.0, "nIterNoChange": 1000, "batchSize": 32}
    adam = {**sgd, "solver": "adam", "learningRateInit": 0.01}
    for solver, params in (("sgd", sgd), ("adam", adam)):
        yield case("multilabel-" + solver, CLASSIFIER, "multilabel", params)
        yield case("binary-" + solver, CLASSIFIER, "binary", params)
        yield case("petals-" + solver, REGRESSOR, "petals", params)
        yield case("diabetes-" + solver, REGRESSOR, "diabetes", params)
        yield case("diabetes-relu-" + solver, REGRESSOR, "diabetes", {**params, "activation": "relu", "batchSize": "auto", "hiddenLayerSizes": [12, 6]})
    for data in ("irisNames", "irisMixed", "irisSigned", "binarySigned", "binaryBool", "binaryNames"):
        yield case("labels-" + data, CLASSIFIER, data, {**adam, "maxIter": 15})
    yield case("petals-identity", REGRESSOR, "petals", {**sgd, "hiddenLayerSizes": [], "maxIter": 15, "learningRateInit": 0.005})
    yield case("diabetes-logistic", REGRESSOR, "diabetes", {**adam, "activation": "logistic", "maxIter": 15})


def option_cases():
    sgd = {"solver": "sgd", "hiddenLayerSizes": [10], "randomState": 0, "maxIter": 30, "learningRateInit": 0.02,
           "activation": "tanh", "tol": 0.0, "nIterNoChange": 1000, "batchSize": 32}
    adam = {**sgd, "solver": "adam"}
    yield case("nesterov", CLASSIFIER, "iris", sgd)
    yield case("momentum-plain", CLASSIFIER, "iris", {**sgd, "nesterovsMomentum": False})
    yield case("momentum-zero", CLASSIFIER, "iris", {**sgd, "momentum": 0.0})
    yield case("momentum-zero-plain", CLASSIFIER, "iris", {**sgd, "momentum": 0.0, "nesterovsMomentum": False, "learningRateInit": 0.1})
    yield case("momentum-half", CLASSIFIER, "iris", {**sgd, "momentum": 0.5})
    yield case("adam-betas", CLASSIFIER, "iris", {**adam, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-4})
    yield case("adam-beta1-zero", CLASSIFIER, "iris", {**adam, "beta1": 0.0})
    yield case("alpha-large", CLASSIFIER, "iris", {**sgd, "alpha": 10.0})
    yield case("alpha-large-adam", CLASSIFIER, "iris", {**adam, "alpha": 3.0})
    yield case("alpha-large-regressor", REGRESSOR, "diabetes", {**sgd, "alpha": 5.0})
    yield case("alpha-zero", CLASSIFIER, "binary", {**sgd, "alpha": 0.0})
    yield case("batch-above-rows", CLASSIFIER, "iris", {**sgd, "batchSize": 500, "learningRateInit": 0.05})
    yield case("batch-above-rows-early", CLASSIFIER, "iris", {**sgd, "batchSize": 140, "learningRateInit": 0.05, "earlyStopping": True})
    yield case("batch-one", CLASSIFIER, "binary", {**sgd, "batchSize": 1, "maxIter": 5, "learningRateInit": 0.005})
    yield case("batch-149", CLASSIFIER, "iris", {**sgd, "batchSize": 149, "learningRateInit": 0.05})
    yield case("noshuffle", CLASSIFIER, "iris", {**sgd, "shuffle": False})
    yield case("noshuffle-diabetes", REGRESSOR, "diabetes", {**adam, "shuffle": False, "batchSize": "auto"})
    yield case("max-iter-one", CLASSIFIER, "iris", {**adam, "maxIter": 1}, [{"method": "fit", "print": True}])
    yield case("printed", CLASSIFIER, "iris", {**adam, "maxIter": 5}, [{"method": "fit", "print": True}])
    yield case("printed-stop", CLASSIFIER, "iris", {**sgd, "tol": 10.0, "nIterNoChange": 2}, [{"method": "fit", "print": True}])
    yield case("tol-stop-sgd", CLASSIFIER, "iris", {**sgd, "tol": 0.02, "nIterNoChange": 5, "maxIter": 200})
    yield case("tol-stop-adam", CLASSIFIER, "iris", {**adam, "tol": 0.01, "nIterNoChange": 10, "maxIter": 200})
    yield case("tol-stop-auto", CLASSIFIER, "iris", {**sgd, "tol": 0.005, "nIterNoChange": 3, "maxIter": 200, "batchSize": "auto", "learningRateInit": 0.05})
    yield case("tol-stop-binary", CLASSIFIER, "binary", {**adam, "tol": 0.005, "nIterNoChange": 1, "maxIter": 200})
    yield case("tol-stop-regressor", REGRESSOR, "diabetes", {**adam, "tol": 0.002, "nIterNoChange": 4, "maxIter": 200})
    yield case("tol-stop-petals", REGRESSOR, "petals", {**sgd, "tol": 0.002, "nIterNoChange": 2, "maxIter": 200})
    yield case("tol-stop-defaults", REGRESSOR, "petals", {"solver": "adam", "hiddenLayerSizes": [5], "activation": "identity", "randomState": 0, "learningRateInit": 0.05})
    yield case("tol-stop-once", CLASSIFIER, "iris", {**sgd, "tol": 0.5, "nIterNoChange": 1, "maxIter": 50})
    for data, kind in (("iris", CLASSIFIER), ("binary", CLASSIFIER), ("petals", REGRESSOR)):
        for solver, params in (("sgd", sgd), ("adam", adam)):
            rows = len(DATA[data][1])
            yield case("weights-%s-%s" % (data, solver), kind, data,
                       {**params, "batchSize": 1000, "shuffle": False, "alpha": 0.5, "maxIter": 15}, repeat=repeats(rows))


# ---------------------------------------------------------------- misuse

def errors():
    iris, binary = DATA["iris"], DATA["binary"]
    fitted = {"hiddenLayerSizes": [4], "maxIter": 2, "randomState": 0}

    def fresh(**params):
        return recorded(CLASSIFIER, {**fitted, **params})

    def warm_other_classes():
        fresh(warmStart=True).fit(iris[1], iris[2]).fit(binary[1], binary[2])

    def unknown_class():
        estimator = fresh().partial_fit(binary[1], binary[2], classes=[1, 2])
        estimator.partial_fit(iris[1], iris[2])

    attempts = {
        "partialFit without classes": lambda: fresh().partial_fit(iris[1], iris[2]),
        "partialFit with an unknown class": unknown_class,
        "partialFit with other classes": lambda: fresh().partial_fit(iris[1], iris[2], classes=[0, 1, 2]).partial_fit(iris[1], iris[2], classes=[0, 1]),
        "partialFit with lbfgs": lambda: fresh(solver="lbfgs").partial_fit(iris[1], iris[2], classes=[0, 1, 2]),
        "warmStart with other classes": warm_other_classes,
        "predict before fit": lambda: fresh().predict(iris[1]),
        "other number of features": lambda: fresh().fit(iris[1], iris[2]).predict(iris[1][:, :3]),
        "hidden size 0": lambda: fresh(hiddenLayerSizes=[5, 0]).fit(iris[1], iris[2]),
        "diverged": lambda: recorded(REGRESSOR, {**fitted, "solver": "sgd", "maxIter": 30, "learningRateInit": 1e5, "activation": "identity"}).fit(iris[1], iris[1][:, 0] * 1e3),
        "validation split too small for the classes": lambda: fresh(earlyStopping=True, validationFraction=0.001).fit(binary[1], binary[2]),
        "one class member with a stratified split": lambda: fresh(earlyStopping=True).fit(binary[1], np.arange(100) == 3),
        "different lengths": lambda: fresh().fit(iris[1], iris[2][:100]),
        "one-dimensional x": lambda: fresh().fit(iris[1][:5, 0], iris[2][:5]),
        "no rows": lambda: fresh().fit(iris[1][:0], iris[2][:0]),
        "not finite": lambda: fresh().fit(np.full((4, 2), np.nan), [0, 1, 0, 1]),
        "continuous labels": lambda: fresh().fit(iris[1][:5], iris[1][:5, 0]),
    }
    for name, attempt in attempts.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                attempt()
        except Exception as error:  # every kind of refusal is wanted
            yield {"name": name, "type": type(error).__name__, "message": str(error).replace("Recorded", "MLP")}
        else:
            yield {"name": name, "type": None, "message": None}


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    np.seterr(all="ignore")
    data = {name: {"note": note, "x": matrix(x), "y": y if y.ndim == 1 else matrix(y)} for name, (note, x, y) in DATA.items()}
    groups = (lbfgs_cases, schedule_cases, early_cases, sequence_cases, kind_cases, option_cases)
    write_json("sklearn_mlp_more.json",
               {"sklearn": sklearn.__version__, "numpy": np.__version__, "scipy": scipy.__version__,
                "data": data, "tolerance": TOLERANCE},
               cases=[item for group in groups for item in group()], errors=list(errors()))
