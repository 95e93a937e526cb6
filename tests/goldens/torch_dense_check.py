"""Replays every case of torch_dense.json in Keras itself and compares.

Run, where Keras 3.14 or later and PyTorch are installed (nothing else here needs them):

    KERAS_BACKEND=torch python tests/goldens/torch_dense_check.py

Everything runs in float64; learning rates are passed as functions because Keras keeps plain ones in float32.
Prints the cases whose losses (relative), weights or predictions differ by more than 1e-9, and how many agree:
with Keras 3.15.1 and PyTorch 2.13 all but two, which have hardSigmoid (PyTorch divides by 6 in float32 there)
and differ by less than 2e-8.
"""

import json
import os
import re

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras  # noqa: E402  (the backend must be chosen before)

from keras.src.backend.common import dtypes  # noqa: E402

keras.backend.set_floatx("float64")
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"   # else many operations fall back to float32
HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 1e-9
SPECIAL = {"beta1": "beta_1", "beta2": "beta_2", "clipNorm": "clipnorm", "clipValue": "clipvalue",
           "globalClipNorm": "global_clipnorm", "l1l2": "l1_l2"}
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "adamax": "Adamax", "nadam": "Nadam", "rmsprop": "RMSprop",
              "adagrad": "Adagrad", "adadelta": "Adadelta", "lion": "Lion"}
LOSSES = {"kullbackLeiblerDivergence": "KLDivergence"}


def snake(name):
    return SPECIAL.get(name) or re.sub("([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def options_of(config, *left_out):
    return {snake(key): value for key, value in config.items() if key not in left_out}


def array(stored):
    return np.array(stored["data"], dtype=float).reshape(stored["shape"]) if isinstance(stored, dict) else np.array(stored)


def layer_of(config):
    options = options_of(config, "type")
    if "activation" in options:
        options["activation"] = snake(options["activation"])
    for key, module in (("regularizer", keras.regularizers), ("constraint", keras.constraints)):
        for name, value in options.items():
            if name.endswith(key):
                kind = value["name"][0].upper() + value["name"][1:]
                options[name] = getattr(module, "L1L2" if kind == "L1l2" else kind)(**options_of(value, "name"))
    return getattr(keras.layers, config["type"][0].upper() + config["type"][1:])(**options)


def replay(case, data, x):
    model = keras.Sequential([keras.Input((x.shape[1],))] + [layer_of(config) for config in case["layers"]])
    for layer, arrays in zip(model.layers, data["starts"][case["start"]]):
        layer.set_weights([array(item) for item in arrays])
    name = case["loss"]
    loss = getattr(keras.losses, LOSSES.get(name, name[0].upper() + name[1:]))(**options_of(case.get("lossOptions", {})))
    options = options_of(case["optimizer"], "name")
    rate = options.pop("learning_rate", 0.01 if case["optimizer"]["name"] == "sgd" else 0.001)
    options = {key: value if isinstance(value, bool) else float(value) for key, value in options.items()}
    optimizer = getattr(keras.optimizers, OPTIMIZERS[case["optimizer"]["name"]])(lambda: rate, **options)
    model.compile(optimizer=optimizer, loss=loss)
    weights = {"sample_weight": np.array(data["sampleWeight"])} if case.get("sampleWeight") else {}
    if "classWeight" in case:
        weights["class_weight"] = {int(label): weight for label, weight in case["classWeight"].items()}
    history = model.fit(x, array(data["targets"][case["y"]]), batch_size=case["batchSize"], epochs=case["epochs"],
                        shuffle=False, verbose=0, **weights)
    return history.history["loss"], [layer.get_weights() for layer in model.layers], model.predict(x[:4], verbose=0)


def differences(case, data, x):
    """The largest relative one of a loss, the largest absolute one of a weight or prediction."""
    losses, weights, predicted = replay(case, data, x)
    losses_far = [abs(a - b) / max(abs(a), 1e-30) for a, b in zip(case["losses"], losses)]
    far = [np.abs(predicted.ravel() - np.array(case["predicted"])).max()]
    for arrays, stored in zip(weights, case["weights"]):
        far += [np.abs(a.ravel() - np.array(b)).max() for a, b in zip(arrays, stored)]
    return max(losses_far), max(far)


if __name__ == "__main__":
    with open(os.path.join(HERE, "torch_dense.json"), encoding="utf-8") as file:
        data = json.load(file)
    x, wrong = array(data["x"]), 0
    for case in data["cases"]:
        losses_far, far = differences(case, data, x)
        if max(losses_far, far) > LIMIT:
            wrong += 1
            print("%-60s losses %.1e, weights and predictions %.1e" % (case["name"], losses_far, far))
    print("Keras %s: %d of %d cases agree" % (keras.__version__, len(data["cases"]) - wrong, len(data["cases"])))
