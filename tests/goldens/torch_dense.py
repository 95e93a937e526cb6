"""Small dense networks trained by Keras's rules in float64 -> torch_dense.json

Run:  OMP_NUM_THREADS=1 /usr/bin/python3 tests/goldens/torch_dense.py
      (torch_dense_check.py replays the result in Keras itself)

PyTorch only differentiates. Activations, losses, penalties, clipping, updates and constraints are written
out below as Keras 3 defines them; the Keras file is named beside each. All data and initial weights are
multiples of 1/256, so float32 holds them exactly. The JSON file holds

  torch        version
  x            {shape: [11, 5], data}
  targets      name -> {shape, data} (classes: a plain list)
  sampleWeight one per row
  starts       name -> initial weights: a list per layer, in the order of getWeights(): dense [kernel, bias]
               (without bias [kernel]), batchNormalization [gamma, beta, movingMean, movingVariance],
               layerNormalization [gamma, beta], activation []; each array {shape, data}
  cases        one per line:
    name
    layers     [{type, ...options}...]; absent options have Keras's defaults. Regularizers are
               {name, l1, l2}, constraints {name, ...options}
    loss, lossOptions, optimizer ({name, ...options})
    y          name of the target
    sampleWeight  true: fit with it; classWeight  {class: weight}
    start      name of the initial weights
    batchSize, epochs   rows are taken in order, never shuffled; usually one batch of all rows, 10 epochs
    losses     one per epoch, as fit reports it: mean over batches weighted by rows, each taken before the
               update, penalties included
    weights    after the last epoch: for each layer a list of flat arrays (shapes as at the start)
    predicted  output of predict for the first 4 rows, flat (batchNormalization with moving statistics)
    float32    the same computation in float32: largest relative difference of a loss, largest absolute
               difference of a weight
"""

import math

import numpy as np
import torch

from golden_common import matrix, write_json

EPSILON = 1e-7          # keras/src/backend/config.py
ROWS, FEATURES = 11, 5


# ---------------------------------------------------------------- data

def grid(values, parts=64):
    """Rounded to multiples of 1/parts, which float32 holds exactly."""
    return np.round(np.asarray(values) * parts) / parts


def make_targets(draw):
    classes = np.array([0, 2, 1, 1, 0, 2, 2, 0, 1, 2, 0])
    real = grid(draw.normal(0, 1, (ROWS, 3)))
    shares = draw.randint(0, 30, (ROWS, 2)) / 64
    return {
        "real": real,
        "nonZero": np.where(real < 0, real - 0.5, real + 0.5),
        "positive": grid(draw.rand(ROWS, 3) * 3),
        "counts": draw.randint(0, 5, (ROWS, 3)).astype(float),
        "classes": classes,
        "oneHot": np.eye(3)[classes],
        "bits": draw.randint(0, 2, (ROWS, 3)).astype(float),
        "signs": draw.randint(0, 2, (ROWS, 3)) * 2.0 - 1,
        "shares": np.column_stack([shares, 1 - shares.sum(axis=1)]),
        "bit": draw.randint(0, 2, (ROWS, 1)).astype(float),
        "single": grid(draw.normal(0, 1, (ROWS, 1))),
    }


def make_start(layers, scale, seed):
    """Random weights for the layers; no two arrays alike, biases not zero."""
    draw, width, start = np.random.RandomState(seed), FEATURES, []
    for layer in layers:
        if layer["type"] == "dense":
            units = layer["units"]
            arrays = [grid(draw.normal(0, scale / math.sqrt(width), (width, units)), 256)]
            if layer.get("useBias", True):
                arrays.append(grid(draw.normal(0, 0.2 * scale, units), 256))
            width = units
        elif layer["type"] == "batchNormalization":
            arrays = [grid(draw.uniform(low, high, width), 256) for low, high in
                      ((0.5, 1.5), (-0.5, 0.5), (-0.3, 0.3), (0.6, 1.4))]
            arrays = (arrays[:1] if layer.get("scale", True) else []) + (arrays[1:2] if layer.get("center", True) else []) + arrays[2:]
        elif layer["type"] == "layerNormalization":
            arrays = [grid(draw.uniform(low, high, width), 256) for low, high in ((0.5, 1.5), (-0.5, 0.5))]
        else:
            arrays = []
        start.append(arrays)
    return start


DRAW = np.random.RandomState(31)
X = grid(DRAW.normal(0, 1, (ROWS, FEATURES)))
TARGETS = make_targets(DRAW)
SAMPLE_WEIGHT = np.array([1, 0.5, 2, 0, 1.5, 1, 3, 0.25, 1, 0.75, 2])
STARTS = {}


# ---------------------------------------------------------------- activations
# keras/src/activations/activations.py

def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def selu(x):
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return scale * torch.where(x > 0, x, alpha * torch.expm1(torch.clamp(x, max=0)))


def elu(x):
    return torch.where(x > 0, x, torch.expm1(torch.clamp(x, max=0)))


ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
    "relu6": lambda x: torch.where(x > 0, torch.where(x < 6, x, torch.full_like(x, 6)), torch.zeros_like(x)),
    "leakyRelu": lambda x: torch.where(x > 0, x, 0.2 * x),
    "elu": elu,
    "selu": selu,
    "gelu": lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))),
    "silu": lambda x: x * torch.sigmoid(x),
    "mish": lambda x: x * torch.tanh(softplus(x)),
    "sigmoid": torch.sigmoid,
    "hardSigmoid": lambda x: ACTIVATIONS["relu6"](x + 3) / 6,
    "tanh": torch.tanh,
    "softplus": softplus,
    "softsign": lambda x: x / (1 + torch.abs(x)),
    "softmax": lambda x: torch.softmax(x, -1),
    "logSoftmax": lambda x: torch.log_softmax(x, -1),
    "exponential": torch.exp,
}


# ---------------------------------------------------------------- losses, one value per row
# keras/src/losses/losses.py; the cross-entropies: keras/src/backend/numpy/nn.py

def clip(values, low, high):
    return torch.clamp(values, low, high)


def mean(values):
    return values.mean(-1)


def huber(y, p, delta=1.0):
    error = torch.abs(p - y)
    return mean(torch.where(error <= delta, 0.5 * error**2, delta * error - 0.5 * delta**2))


def log_cosh(y, p):
    return mean((p - y) + softplus(-2 * (p - y)) - math.log(2))


def squared_log(y, p):
    def log_above(values):
        return torch.log(torch.where(values > EPSILON, values, torch.full_like(values, EPSILON)) + 1)
    return mean((log_above(p) - log_above(y)) ** 2)


def percentage(y, p):
    return 100 * mean(torch.abs((y - p) / torch.clamp(torch.abs(y), min=EPSILON)))


def categorical_crossentropy(y, p, fromLogits=False, labelSmoothing=0.0):
    y = y * (1 - labelSmoothing) + labelSmoothing / y.shape[-1]
    if fromLogits:
        logs = torch.log_softmax(p, -1)
    else:
        logs = torch.log(clip(p / p.sum(-1, keepdim=True), EPSILON, 1 - EPSILON))
    return -(y * logs).sum(-1)


def sparse_crossentropy(y, p, fromLogits=False):
    one_hot = torch.nn.functional.one_hot(y.long(), p.shape[-1]).to(p.dtype)
    return categorical_crossentropy(one_hot, p, fromLogits)


def binary_crossentropy(y, p, fromLogits=False, labelSmoothing=0.0):
    y = y * (1 - labelSmoothing) + 0.5 * labelSmoothing
    if fromLogits:
        return mean(y * softplus(-p) + (1 - y) * softplus(p))
    p = clip(p, EPSILON, 1 - EPSILON)
    return -mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def signed(y):
    """A batch whose labels are all 0 or 1 is turned into -1 and 1 (convert_binary_labels_to_hinge)."""
    return 2 * y - 1 if bool(((y == 0) | (y == 1)).all()) else y


def categorical_hinge(y, p):
    return torch.clamp(((1 - y) * p).max(-1).values - (y * p).sum(-1) + 1, min=0)


def divergence(y, p):
    y, p = clip(y, EPSILON, 1), clip(p, EPSILON, 1)
    return (y * torch.log(y / p)).sum(-1)


LOSSES = {
    "meanSquaredError": lambda y, p: mean((y - p) ** 2),
    "meanAbsoluteError": lambda y, p: mean(torch.abs(y - p)),
    "meanSquaredLogarithmicError": squared_log,
    "meanAbsolutePercentageError": percentage,
    "huber": huber,
    "logCosh": log_cosh,
    "poisson": lambda y, p: mean(p - y * torch.log(p + EPSILON)),
    "binaryCrossentropy": binary_crossentropy,
    "categoricalCrossentropy": categorical_crossentropy,
    "sparseCategoricalCrossentropy": sparse_crossentropy,
    "hinge": lambda y, p: mean(torch.clamp(1 - signed(y) * p, min=0)),
    "squaredHinge": lambda y, p: mean(torch.clamp(1 - signed(y) * p, min=0) ** 2),
    "categoricalHinge": categorical_hinge,
    "kullbackLeiblerDivergence": divergence,
}


# ---------------------------------------------------------------- penalties and constraints

def penalty(regularizer, values):
    """keras/src/regularizers/regularizers.py: no 1/2, not divided by the rows."""
    if regularizer is None:
        return 0
    return regularizer.get("l1", 0) * torch.abs(values).sum() + regularizer.get("l2", 0) * (values**2).sum()


def constrained(constraint, w):
    """keras/src/constraints/constraints.py; norms along axis 0, so per unit of a dense kernel."""
    if constraint is None:
        return w
    name = constraint["name"]
    if name == "nonNeg":
        return torch.clamp(w, min=0)
    norms = torch.sqrt((w**2).sum(constraint.get("axis", 0), keepdim=True))
    if name == "unitNorm":
        return w / (EPSILON + norms)
    if name == "maxNorm":
        wanted = torch.clamp(norms, 0, constraint.get("maxValue", 2))
    else:
        rate = constraint.get("rate", 1.0)
        wanted = rate * torch.clamp(norms, constraint.get("minValue", 0.0), constraint.get("maxValue", 1.0)) + (1 - rate) * norms
    return w * (wanted / (EPSILON + norms))


# ---------------------------------------------------------------- layers

def batch_normalized(layer, weights, x, training):
    """keras/src/layers/normalization/batch_normalization.py: biased variance, in the output and in the average."""
    statistics = weights[-2:]
    mean_, variance = statistics
    if training and layer.get("trainable", True):
        mean_, variance = x.mean(0), ((x - x.mean(0)) ** 2).mean(0)
        momentum = layer.get("momentum", 0.99)
        for moving, value in zip(statistics, (mean_, variance)):
            moving.data = moving.data * momentum + value.data * (1 - momentum)
    y = (x - mean_) / torch.sqrt(variance + layer.get("epsilon", 1e-3))
    rest = list(weights[:-2])
    if layer.get("scale", True):
        y = y * rest.pop(0)
    return y + rest.pop(0) if layer.get("center", True) else y


def layer_normalized(layer, weights, x):
    """keras/src/layers/normalization/layer_normalization.py"""
    centred = x - x.mean(-1, keepdim=True)
    y = centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + layer.get("epsilon", 1e-3))
    return y * weights[0] + weights[1]


def forward(layers, weights, x, training):
    """Output and the sum of the penalties.

    keras/src/layers/layer.py: activity penalties are divided by the rows; penalties on the weights of
    layers that are not trainable are left out of the loss, activity penalties are not.
    """
    total = 0
    for layer, arrays in zip(layers, weights):
        if layer["type"] == "batchNormalization":
            x = batch_normalized(layer, arrays, x, training)
        elif layer["type"] == "layerNormalization":
            x = layer_normalized(layer, arrays, x)
        else:
            if layer["type"] == "dense":
                x = x @ arrays[0] + (arrays[1] if len(arrays) > 1 else 0)
                if layer.get("trainable", True):
                    for key, array in zip(("kernelRegularizer", "biasRegularizer"), arrays):
                        total = total + penalty(layer.get(key), array)
            x = ACTIVATIONS[layer.get("activation", "linear")](x)
            total = total + penalty(layer.get("activityRegularizer"), x) / len(x)
    return x, total


def constraint_of(layer, position):
    """Of a dense layer's kernel (position 0) or bias (1)."""
    return layer.get(("kernelConstraint", "biasConstraint")[position]) if layer["type"] == "dense" else None


def trained_arrays(layers, weights):
    """(array, its constraint) of all that the optimizer changes, in order."""
    for layer, arrays in zip(layers, weights):
        if layer.get("trainable", True):
            count = len(arrays) - 2 if layer["type"] == "batchNormalization" else len(arrays)
            for position, array in enumerate(arrays[:count]):
                yield array, constraint_of(layer, position)


# ---------------------------------------------------------------- optimizers
# Each rule: (slots of this array, gradient, learning rate, step from 1, options) -> what is added to the array.
# keras/src/optimizers/<name>.py

def sgd(slots, g, rate, step, momentum=0.0, nesterov=False):
    if momentum == 0:
        return -rate * g
    slots["m"] = momentum * slots.get("m", 0) - rate * g
    return momentum * slots["m"] - rate * g if nesterov else slots["m"]


def adam(slots, g, rate, step, beta1=0.9, beta2=0.999, epsilon=EPSILON, amsgrad=False):
    m = slots["m"] = beta1 * slots.get("m", 0) + (1 - beta1) * g
    v = slots["v"] = beta2 * slots.get("v", 0) + (1 - beta2) * g**2
    if amsgrad:
        v = slots["highest"] = torch.maximum(slots.get("highest", torch.zeros_like(v)), v)
    rate = rate * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    return -rate * m / (torch.sqrt(v) + epsilon)


def adamax(slots, g, rate, step, beta1=0.9, beta2=0.999, epsilon=EPSILON):
    m = slots["m"] = beta1 * slots.get("m", 0) + (1 - beta1) * g
    u = slots["u"] = torch.maximum(beta2 * slots.get("u", torch.zeros_like(g)), torch.abs(g))
    return -rate / (1 - beta1**step) * m / (u + epsilon)


def nadam(slots, g, rate, step, beta1=0.9, beta2=0.999, epsilon=EPSILON):
    now, following = (beta1 * (1 - 0.5 * 0.96**t) for t in (step, step + 1))
    product = slots["product"] = slots.get("product", 1.0) * now
    m = slots["m"] = beta1 * slots.get("m", 0) + (1 - beta1) * g
    v = slots["v"] = beta2 * slots.get("v", 0) + (1 - beta2) * g**2
    m_hat = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
    return -rate * m_hat / (torch.sqrt(v / (1 - beta2**step)) + epsilon)


def rmsprop(slots, g, rate, step, rho=0.9, momentum=0.0, epsilon=EPSILON, centered=False):
    v = slots["v"] = rho * slots.get("v", 0) + (1 - rho) * g**2
    if centered:
        average = slots["average"] = rho * slots.get("average", 0) + (1 - rho) * g
        v = v - average**2
    change = rate * g / torch.sqrt(v + epsilon)
    if momentum > 0:
        change = slots["m"] = momentum * slots.get("m", 0) + change
    return -change


def adagrad(slots, g, rate, step, initialAccumulatorValue=0.1, epsilon=EPSILON):
    total = slots["total"] = slots.get("total", initialAccumulatorValue) + g**2
    return -rate * g / torch.sqrt(total + epsilon)


def adadelta(slots, g, rate, step, rho=0.95, epsilon=EPSILON):
    v = slots["v"] = rho * slots.get("v", 0) + (1 - rho) * g**2
    before = slots.get("changes", torch.zeros_like(g))
    change = -torch.sqrt(before + epsilon) / torch.sqrt(v + epsilon) * g
    slots["changes"] = rho * before + (1 - rho) * change**2
    return rate * change


def lion(slots, g, rate, step, beta1=0.9, beta2=0.99):
    m = slots.get("m", torch.zeros_like(g))
    slots["m"] = beta2 * m + (1 - beta2) * g
    return -rate * torch.sign(beta1 * m + (1 - beta1) * g)


RULES = {"sgd": sgd, "adam": adam, "adamw": adam, "adamax": adamax, "nadam": nadam, "rmsprop": rmsprop,
         "adagrad": adagrad, "adadelta": adadelta, "lion": lion}


def clipped(gradients, clipNorm=None, globalClipNorm=None, clipValue=None):
    """keras/src/optimizers/base_optimizer.py: one kind, in this order of preference."""
    if clipNorm:
        return [g * clipNorm / torch.clamp(torch.sqrt((g**2).sum()), min=clipNorm) for g in gradients]
    if globalClipNorm:
        norm = torch.sqrt(sum((g**2).sum() for g in gradients))
        return [g * globalClipNorm * min(1 / norm, 1 / globalClipNorm) for g in gradients]
    if clipValue:
        return [torch.clamp(g, -clipValue, clipValue) for g in gradients]
    return gradients


def make_optimizer(optimizer):
    """A function (arrays with constraints, gradients) that makes one update; it keeps the slots."""
    options = dict(optimizer)
    name = options.pop("name")
    rate = options.pop("learningRate", 0.01 if name == "sgd" else 0.001)
    decay = options.pop("weightDecay", 0.004 if name == "adamw" else None)
    limits = {key: options.pop(key) for key in ("clipNorm", "globalClipNorm", "clipValue") if key in options}
    slots, steps = {}, [0]

    def update(arrays, gradients):
        steps[0] += 1
        for index, ((array, constraint), g) in enumerate(zip(arrays, clipped(gradients, **limits))):
            w = array.data
            if decay is not None:
                w = w - w * decay * rate
            w = w + RULES[name](slots.setdefault(index, {}), g, rate, steps[0], **options)
            array.data = constrained(constraint, w)
    return update


# ---------------------------------------------------------------- training

def row_weights(case):
    """None, or one weight per row (class weights: keras/src/trainers/data_adapters/data_adapter_utils.py)."""
    if case.get("sampleWeight"):
        return SAMPLE_WEIGHT
    if "classWeight" not in case:
        return None
    y = TARGETS[case["y"]]
    labels = y.argmax(-1) if y.ndim > 1 and y.shape[1] > 1 else y.ravel().round()
    return np.array([case["classWeight"].get(str(int(label)), 1.0) for label in labels])


def train(case, start, dtype):
    """Losses per epoch, weights, predictions."""
    layers = case["layers"]
    weights = [[torch.tensor(array, dtype=dtype, requires_grad=True) for array in arrays] for arrays in start]
    arrays = list(trained_arrays(layers, weights))
    update = make_optimizer(case["optimizer"])
    x, y = torch.tensor(X, dtype=dtype), torch.tensor(TARGETS[case["y"]], dtype=dtype)
    per_row = row_weights(case)
    losses = []
    for _ in range(case["epochs"]):
        total = 0.0
        for first in range(0, ROWS, case["batchSize"]):
            rows = slice(first, first + case["batchSize"])
            output, penalties = forward(layers, weights, x[rows], training=True)
            values = LOSSES[case["loss"]](y[rows], output, **case.get("lossOptions", {}))
            if per_row is not None:
                values = values * torch.tensor(per_row[rows], dtype=dtype)
            loss = values.mean() + penalties         # divided by the rows, also with weights (keras/src/losses/loss.py)
            total += float(loss) * len(output)
            update(arrays, torch.autograd.grad(loss, [array for array, constraint in arrays]))
        losses.append(total / ROWS)
    with torch.no_grad():
        predicted = forward(layers, weights, x[:4], training=False)[0]
    return losses, [[array.detach().numpy().astype(float) for array in arrays] for arrays in weights], predicted.numpy()


def start_name(layers, scale, seed):
    short = {"batchNormalization": "batch", "layerNormalization": "layer"}
    parts = ["%d%s" % (layer["units"], "" if layer.get("useBias", True) else "u") if layer["type"] == "dense"
             else short[layer["type"]] + "".join("-" + key for key in ("scale", "center") if not layer.get(key, True))
             for layer in layers if layer["type"] != "activation"]
    return " ".join(parts + ["x%s" % scale, "#%d" % seed])


def case(name, layers, y="real", loss="meanSquaredError", optimizer=None, scale=1, seed=1, **more):
    key = start_name(layers, scale, seed) + (" +activation%d" % sum(1 for layer in layers if layer["type"] == "activation")
                                             if any(layer["type"] == "activation" for layer in layers) else "")
    start = STARTS.setdefault(key, make_start(layers, scale, seed))
    result = {"name": name, "layers": layers, "loss": loss, "y": y, "start": key, "batchSize": ROWS, "epochs": 10,
              "optimizer": optimizer or {"name": "sgd", "learningRate": 0.05}, **more}
    losses, weights, predicted = train(result, start, torch.float64)
    rough, rough_weights, _ = train(result, start, torch.float32)
    assert all(map(math.isfinite, losses)), name
    assert all(np.isfinite(array).all() for some in (weights, rough_weights) for arrays in some for array in arrays), name
    result.update({
        "losses": losses,
        "weights": [[array.ravel() for array in arrays] for arrays in weights],
        "predicted": predicted.ravel(),
        "float32": [float("%.1e" % max(abs(a - b) / max(abs(a), 1e-30) for a, b in zip(losses, rough))),
                    float("%.1e" % max(np.abs(a - b).max() for some, other in zip(weights, rough_weights) for a, b in zip(some, other)))],
    })
    print("%-44s %.5f -> %.5f  float32 %s" % (name, losses[0], losses[-1], result["float32"]))
    return result


# ---------------------------------------------------------------- the cases

def dense(units, activation=None, **options):
    return {"type": "dense", "units": units, **({"activation": activation} if activation else {}), **options}


def network(hidden="tanh", output=None, units=3, first=None, last=None):
    return [dense(7, hidden, **(first or {})), dense(4, hidden), dense(units, output, **(last or {}))]


def activation_cases():
    for name in ACTIVATIONS:
        yield case("hidden " + name, network(name), optimizer={"name": "sgd", "learningRate": 0.0001 if name == "exponential" else 0.05})
        if name not in ("exponential", "logSoftmax"):
            yield case("hidden steep " + name, network(name), scale=4, seed=2, optimizer={"name": "sgd", "learningRate": 0.002})
        layers = [dense(7), {"type": "activation", "activation": name}, dense(3)]
        yield case("layer " + name, layers, optimizer={"name": "adam", "learningRate": 0.01})


def loss_cases():
    fused = (("softmax", "categoricalCrossentropy", "oneHot"), ("softmax", "sparseCategoricalCrossentropy", "classes"),
             ("sigmoid", "binaryCrossentropy", "bits"))
    plain = ((None, "meanSquaredError", "real"), (None, "meanAbsoluteError", "real"), ("softplus", "meanSquaredLogarithmicError", "positive"),
             (None, "meanSquaredLogarithmicError", "positive"), (None, "meanAbsolutePercentageError", "nonZero"),
             (None, "huber", "real"), (None, "logCosh", "real"), ("exponential", "poisson", "counts"), ("softplus", "poisson", "counts"),
             ("tanh", "hinge", "signs"), (None, "hinge", "bits"), (None, "squaredHinge", "signs"), ("tanh", "squaredHinge", "bits"),
             (None, "categoricalHinge", "oneHot"), ("softmax", "kullbackLeiblerDivergence", "shares"))
    crossed = (("softmax", "meanSquaredError", "oneHot"), ("sigmoid", "meanSquaredError", "bits"), ("softmax", "meanAbsoluteError", "oneHot"),
               ("sigmoid", "meanAbsoluteError", "bits"), ("sigmoid", "huber", "bits"), ("softmax", "huber", "oneHot"),
               ("sigmoid", "logCosh", "bits"), ("softmax", "logCosh", "shares"), ("softmax", "poisson", "oneHot"), ("sigmoid", "poisson", "bits"),
               ("softmax", "categoricalHinge", "oneHot"), ("sigmoid", "categoricalHinge", "oneHot"), ("sigmoid", "hinge", "bits"),
               ("softmax", "squaredHinge", "oneHot"), ("softmax", "binaryCrossentropy", "oneHot"), ("sigmoid", "categoricalCrossentropy", "oneHot"),
               ("softplus", "categoricalCrossentropy", "oneHot"), ("hardSigmoid", "binaryCrossentropy", "bits"),
               ("sigmoid", "sparseCategoricalCrossentropy", "classes"), ("exponential", "sparseCategoricalCrossentropy", "classes"),
               ("softmax", "categoricalCrossentropy", "shares"), ("sigmoid", "binaryCrossentropy", "shares"),
               ("sigmoid", "kullbackLeiblerDivergence", "shares"), ("softplus", "kullbackLeiblerDivergence", "oneHot"),
               ("softmax", "kullbackLeiblerDivergence", "oneHot"), ("softmax", "meanSquaredLogarithmicError", "oneHot"),
               ("sigmoid", "meanAbsolutePercentageError", "nonZero"), ("relu", "meanSquaredError", "positive"),
               ("logSoftmax", "meanSquaredError", "real"), ("tanh", "meanSquaredError", "signs"), ("softsign", "hinge", "signs"))
    slower = {"meanAbsolutePercentageError": 0.0005}
    for output, loss, y in fused + plain + crossed:
        rate = slower.get(loss, 0.1)
        yield case("loss %s over %s, %s" % (loss, output or "linear", y), network(output=output), y, loss, {"name": "sgd", "learningRate": rate})
    options = ((None, "categoricalCrossentropy", "oneHot", {"fromLogits": True}), (None, "sparseCategoricalCrossentropy", "classes", {"fromLogits": True}),
               (None, "binaryCrossentropy", "bits", {"fromLogits": True}), ("softmax", "categoricalCrossentropy", "oneHot", {"labelSmoothing": 0.1}),
               (None, "categoricalCrossentropy", "oneHot", {"fromLogits": True, "labelSmoothing": 0.2}),
               ("sigmoid", "binaryCrossentropy", "bits", {"labelSmoothing": 0.1}),
               (None, "binaryCrossentropy", "bits", {"fromLogits": True, "labelSmoothing": 0.3}),
               ("sigmoid", "categoricalCrossentropy", "oneHot", {"labelSmoothing": 0.1}),
               (None, "huber", "real", {"delta": 0.3}), ("sigmoid", "huber", "bits", {"delta": 0.25}), (None, "huber", "real", {"delta": 2.5}))
    for output, loss, y, chosen in options:
        label = ", ".join("%s %s" % item for item in chosen.items())
        yield case("loss %s over %s, %s" % (loss, output or "linear", label), network(output=output), y, loss,
                   {"name": "sgd", "learningRate": 0.1}, lossOptions=chosen)
    for output, loss, y in (("sigmoid", "binaryCrossentropy", "bit"), (None, "meanSquaredError", "single"), ("tanh", "hinge", "bit")):
        yield case("loss %s, one output" % loss, network(output=output, units=1), y, loss, {"name": "sgd", "learningRate": 0.1})
    for output, loss, y in fused:
        yield case("loss %s steep" % loss, network("relu", output=output), y, loss, {"name": "sgd", "learningRate": 0.05}, scale=1.5, seed=2)


def optimizer_cases():
    chosen = {
        "sgd": [{"learningRate": 0.1}, {"learningRate": 0.05, "momentum": 0.9}, {"learningRate": 0.05, "momentum": 0.9, "nesterov": True},
                {"learningRate": 0.05, "momentum": 0.5, "nesterov": True, "weightDecay": 0.1}],
        "adam": [{"learningRate": 0.02}, {"learningRate": 0.02, "amsgrad": True, "beta2": 0.8}, {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.001},
                 {"learningRate": 0.02, "weightDecay": 0.2}],
        "adamw": [{"learningRate": 0.02}, {"learningRate": 0.02, "weightDecay": 0.3}, {"learningRate": 0.02, "weightDecay": 0.1, "amsgrad": True, "beta2": 0.8}],
        "adamax": [{"learningRate": 0.02}, {"learningRate": 0.02, "beta1": 0.7, "beta2": 0.9, "weightDecay": 0.1}],
        "nadam": [{"learningRate": 0.02}, {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.95, "weightDecay": 0.1}],
        "rmsprop": [{"learningRate": 0.01}, {"learningRate": 0.01, "momentum": 0.5}, {"learningRate": 0.005, "centered": True},
                    {"learningRate": 0.005, "centered": True, "momentum": 0.8, "rho": 0.8}, {"learningRate": 0.01, "epsilon": 0.01, "weightDecay": 0.1}],
        "adagrad": [{"learningRate": 0.1}, {"learningRate": 0.1, "initialAccumulatorValue": 0.01, "weightDecay": 0.1}],
        "adadelta": [{"learningRate": 1.0}, {"learningRate": 5.0, "rho": 0.8, "epsilon": 1e-5, "weightDecay": 0.01}],
        "lion": [{"learningRate": 0.01}, {"learningRate": 0.01, "beta1": 0.7, "beta2": 0.8, "weightDecay": 0.2}],
    }
    for name, variants in chosen.items():
        for options in [{}] + variants:
            label = ", ".join("%s %s" % item for item in options.items()) or "defaults"
            yield case("optimizer %s: %s" % (name, label), network(), optimizer={"name": name, **options})
    limits = ({"clipNorm": 0.1}, {"clipNorm": 50.0}, {"clipValue": 0.03}, {"globalClipNorm": 0.2}, {"globalClipNorm": 50.0}, {"globalClipNorm": 0.2, "weightDecay": 0.3})
    for limit in limits:
        for name, options in (("sgd", {"learningRate": 0.1, "momentum": 0.9}), ("adam", {"learningRate": 0.02})):
            label = ", ".join("%s %s" % item for item in limit.items())
            yield case("%s with %s" % (name, label), network(), optimizer={"name": name, **options, **limit})
    for name, options in (("sgd", {"learningRate": 0.05, "momentum": 0.9}), ("adam", {"learningRate": 0.02}), ("rmsprop", {"learningRate": 0.01})):
        yield case("%s in batches of 4" % name, network("relu", output="softmax"), "oneHot", "categoricalCrossentropy",
                   {"name": name, **options}, batchSize=4, epochs=5)


def penalty_cases():
    l1, l2 = {"name": "l1", "l1": 0.02}, {"name": "l2", "l2": 0.05}
    both = {"name": "l1l2", "l1": 0.01, "l2": 0.03}
    for regularizer in (l1, l2, both):
        for place in ("kernelRegularizer", "biasRegularizer"):
            yield case("%s %s" % (place, regularizer["name"]), network(first={place: regularizer}, last={place: regularizer}))
        yield case("all arrays %s, adam" % regularizer["name"],
                   network(first={"kernelRegularizer": regularizer, "biasRegularizer": regularizer}), optimizer={"name": "adam", "learningRate": 0.02})
    for activation in ("tanh", "relu", "softplus"):
        yield case("activityRegularizer l2 after " + activation, network(activation, first={"activityRegularizer": l2}))
    yield case("activityRegularizer l1 after linear", network(last={"activityRegularizer": l1}))
    yield case("activityRegularizer l2 on softmax", network(output="softmax", last={"activityRegularizer": {"name": "l2", "l2": 0.5}}),
               "oneHot", "categoricalCrossentropy")
    yield case("activityRegularizer l1l2 on sigmoid", network(output="sigmoid", last={"activityRegularizer": {"name": "l1l2", "l1": 0.2, "l2": 0.1}}),
               "bits", "binaryCrossentropy")
    yield case("penalties in batches of 4", network(first={"kernelRegularizer": both, "activityRegularizer": l2}), batchSize=4, epochs=5)
    constraints = ({"name": "maxNorm", "maxValue": 0.5}, {"name": "maxNorm"}, {"name": "maxNorm", "maxValue": 0.8, "axis": 1}, {"name": "nonNeg"}, {"name": "unitNorm"},
                   {"name": "minMaxNorm", "minValue": 0.9, "maxValue": 1.1}, {"name": "minMaxNorm", "minValue": 1.5, "maxValue": 2.0, "rate": 0.3}, {"name": "minMaxNorm"})
    for constraint in constraints:
        label = " ".join(str(value) for value in constraint.values())
        yield case("kernelConstraint " + label, network(first={"kernelConstraint": constraint}, last={"kernelConstraint": constraint}))
    yield case("biasConstraint nonNeg", network(first={"biasConstraint": {"name": "nonNeg"}}))
    yield case("biasConstraint maxNorm", network(first={"biasConstraint": {"name": "maxNorm", "maxValue": 0.2}}), optimizer={"name": "adam", "learningRate": 0.02})
    yield case("kernelConstraint unitNorm, momentum", network(first={"kernelConstraint": {"name": "unitNorm"}}),
               optimizer={"name": "sgd", "learningRate": 0.05, "momentum": 0.9, "nesterov": True})
    everything = network(first={"kernelRegularizer": both, "kernelConstraint": {"name": "maxNorm", "maxValue": 0.9}, "biasRegularizer": l2})
    for limit in ({"clipNorm": 0.1}, {"globalClipNorm": 0.2}, {"clipValue": 0.02}):
        yield case("penalty, %s, decay, constraint" % list(limit)[0], everything,
                   optimizer={"name": "sgd", "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.2, **limit})
    yield case("penalty, decay, constraint, adamw", everything, optimizer={"name": "adamw", "learningRate": 0.02, "weightDecay": 0.5})


def weight_cases():
    for output, loss, y in ((None, "meanSquaredError", "real"), ("softmax", "categoricalCrossentropy", "oneHot"), ("sigmoid", "binaryCrossentropy", "bits"),
                            ("softmax", "sparseCategoricalCrossentropy", "classes"), (None, "huber", "real"), ("softmax", "meanSquaredError", "oneHot")):
        yield case("sampleWeight, %s over %s" % (loss, output or "linear"), network(output=output), y, loss, sampleWeight=True)
    yield case("sampleWeight with penalties", network(first={"kernelRegularizer": {"name": "l2", "l2": 0.05}, "activityRegularizer": {"name": "l2", "l2": 0.05}}), sampleWeight=True)
    yield case("sampleWeight in batches of 4", network(output="softmax"), "oneHot", "categoricalCrossentropy", sampleWeight=True, batchSize=4, epochs=5)
    for output, loss, y, weights in (("softmax", "categoricalCrossentropy", "oneHot", {"0": 2.0, "1": 0.5, "2": 1.0}),
                                     ("softmax", "sparseCategoricalCrossentropy", "classes", {"0": 0.25, "2": 3.0})):
        yield case("classWeight, " + loss, network(output=output), y, loss, classWeight=weights)
    yield case("classWeight, binaryCrossentropy", network(output="sigmoid", units=1), "bit", "binaryCrossentropy", classWeight={"0": 0.5, "1": 2.0})
    yield case("classWeight in batches of 4", network(output="softmax"), "classes", "sparseCategoricalCrossentropy",
               {"name": "adam", "learningRate": 0.02}, classWeight={"1": 4.0}, batchSize=4, epochs=5)


def layer_cases():
    batch, layer, tanh = {"type": "batchNormalization"}, {"type": "layerNormalization"}, {"type": "activation", "activation": "tanh"}
    relu = {"type": "activation", "activation": "relu"}
    for label, norm in (("batchNormalization", batch), ("layerNormalization", layer)):
        yield case(label, [dense(7), norm, tanh, dense(4, "tanh"), dense(3)])
        yield case(label + " before relu, adam", [dense(7, useBias=False), norm, relu, dense(3, "softmax")], "oneHot", "categoricalCrossentropy",
                   {"name": "adam", "learningRate": 0.02})
        yield case(label + " on the input", [norm, dense(7, "tanh"), dense(3)])
        yield case(label + " twice, after activations", [dense(7, "tanh"), norm, dense(4, "tanh"), norm, dense(3)], optimizer={"name": "sgd", "learningRate": 0.05, "momentum": 0.9})
        yield case(label + " in batches of 4", [dense(7), norm, relu, dense(3)], batchSize=4, epochs=5)
        yield case(label + " with weight decay", [dense(7, useBias=False), norm, tanh, dense(3)], optimizer={"name": "adamw", "learningRate": 0.02, "weightDecay": 0.5})
        yield case(label + " epsilon", [dense(7), {**norm, "epsilon": 0.1}, tanh, dense(3)])
        yield case(label + " not trainable", [dense(7), {**norm, "trainable": False}, tanh, dense(3)])
    yield case("batchNormalization momentum", [dense(7), {**batch, "momentum": 0.5}, tanh, dense(3)])
    yield case("batchNormalization without scale", [dense(7), {**batch, "scale": False}, tanh, dense(3)])
    yield case("batchNormalization without center", [dense(7), {**batch, "center": False}, tanh, dense(3)])
    yield case("dense not trainable", [dense(7, "tanh", trainable=False), dense(4, "tanh"), dense(3)])
    yield case("dense not trainable, with penalties", [dense(7, "tanh", trainable=False, kernelRegularizer={"name": "l2", "l2": 0.1},
                                                             activityRegularizer={"name": "l2", "l2": 0.1}), dense(4, "tanh"), dense(3)])
    yield case("dense without bias", [dense(7, "tanh", useBias=False), dense(4, "tanh"), dense(3, useBias=False)])
    yield case("one layer", [dense(3, "softmax")], "classes", "sparseCategoricalCrossentropy")
    yield case("five layers", [dense(6, "selu"), dense(6, "elu"), dense(5, "gelu"), dense(4, "softsign"), dense(3)], optimizer={"name": "nadam", "learningRate": 0.01})


if __name__ == "__main__":
    torch.set_num_threads(1)
    groups = (activation_cases, loss_cases, optimizer_cases, penalty_cases, weight_cases, layer_cases)
    cases = [item for group in groups for item in group()]
    assert len({item["name"] for item in cases}) == len(cases)
    write_json("torch_dense.json",
               {"torch": torch.__version__.split("+")[0], "x": matrix(X),
                "targets": {name: value if value.ndim == 1 else matrix(value) for name, value in TARGETS.items()},
                "sampleWeight": SAMPLE_WEIGHT,
                "starts": {name: [[matrix(array) for array in arrays] for arrays in start] for name, start in STARTS.items()}},
               cases=cases)
