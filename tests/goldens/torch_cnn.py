"""Small convolutional networks trained by Keras's rules in float64 -> torch_cnn.json

Run:  OMP_NUM_THREADS=1 /usr/bin/python3 tests/goldens/torch_cnn.py

PyTorch convolves, pools and differentiates. Padding 'same', batch normalization and updates are written out
below as Keras 3 defines them (keras/src/backend/torch/nn.py, keras/src/layers/normalization/batch_normalization.py,
keras/src/optimizers). Images and initial weights are multiples of 1/256, so float32 holds them exactly. The JSON
file holds

  torch    version
  cases    one per line:
    name
    x        {shape: [rows, height, width, channels], data}
    y        classes
    layers   [{type, ...options}...]
    optimizer  {name, ...options}
    start    initial weights: a list per layer, in the order of getWeights()
    losses   one per step, before its update; every step takes all rows
    weights  after the last step, like start
"""

import numpy as np
import torch
import torch.nn.functional as F

from golden_common import write_json

torch.set_default_dtype(torch.float64)
STEPS = 10
ROWS = 12


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def reach(size, dilation):
    return (size - 1) * dilation + 1


def same_border(length, size, stride, dilation):
    """Pixels before and after: the larger half comes after, as TensorFlow pads."""
    missing = max(0, (-(-length // stride) - 1) * stride + reach(size, dilation) - length)
    return missing // 2, missing - missing // 2


def bordered(x, layer, size, strides, dilation, value):
    if layer.get("padding", "valid") == "valid":
        return x
    down, across = (same_border(x.shape[2 + i], size[i], strides[i], dilation[i]) for i in range(2))
    return F.pad(x, (*across, *down), value=value)


ACTIVATIONS = {"linear": lambda x: x, "relu": torch.relu, "tanh": torch.tanh, "elu": F.elu, "sigmoid": torch.sigmoid}


def conv2d(x, layer, weights):
    size, strides = pair(layer["kernelSize"]), pair(layer.get("strides", 1))
    dilation = pair(layer.get("dilationRate", 1))
    kernel = weights[0].permute(3, 2, 0, 1)
    bias = weights[1] if len(weights) > 1 else None
    x = bordered(x, layer, size, strides, dilation, 0.0)
    y = F.conv2d(x, kernel, bias, stride=strides, dilation=dilation, groups=layer.get("groups", 1))
    return ACTIVATIONS[layer.get("activation", "linear")](y)


def max_pooling(x, layer, _):
    size = pair(layer.get("poolSize", 2))
    strides = pair(layer.get("strides", size))
    return F.max_pool2d(bordered(x, layer, size, strides, (1, 1), -np.inf), size, strides)


def average_pooling(x, layer, _):
    """Sums over windows, divided by the pixels that there are."""
    size = pair(layer.get("poolSize", 2))
    strides = pair(layer.get("strides", size))
    total = lambda values: F.avg_pool2d(bordered(values, layer, size, strides, (1, 1), 0.0), size, strides)
    return total(x) / total(torch.ones_like(x))


def batch_normalization(x, layer, weights):
    gamma, beta, mean, variance = weights
    momentum, epsilon = layer["momentum"], layer["epsilon"]
    batch_mean = x.mean((0, 2, 3))
    batch_variance = x.var((0, 2, 3), unbiased=False)
    with torch.no_grad():
        mean.mul_(momentum).add_(batch_mean * (1 - momentum))
        variance.mul_(momentum).add_(batch_variance * (1 - momentum))
    shape = (1, -1, 1, 1)
    normal = (x - batch_mean.view(shape)) / torch.sqrt(batch_variance.view(shape) + epsilon)
    return normal * gamma.view(shape) + beta.view(shape)


def flatten(x, _, __):
    return x.permute(0, 2, 3, 1).reshape(len(x), -1)


def dense(x, layer, weights):
    return ACTIVATIONS[layer.get("activation", "linear")](x @ weights[0] + weights[1])


LAYERS = {
    "conv2d": conv2d,
    "maxPooling2d": max_pooling,
    "averagePooling2d": average_pooling,
    "batchNormalization": batch_normalization,
    "activation": lambda x, layer, _: ACTIVATIONS[layer["activation"]](x),
    "flatten": flatten,
    "dense": dense,
}


def forward(layers, weights, x):
    """Logits: the softmax of the last layer belongs to the loss."""
    x = x.permute(0, 3, 1, 2)
    for layer, own in zip(layers, weights):
        x = LAYERS[layer["type"]](x, layer if layer.get("activation") != "softmax" else {"type": "dense"}, own)
    return x


# ---------------------------------------------------------------- updates (keras/src/optimizers/{sgd,adam}.py)

def sgd(options):
    rate, momentum = options["learningRate"], options.get("momentum", 0)
    slots = {}

    def step(key, weight, gradient):
        slots[key] = momentum * slots.get(key, 0) - rate * gradient
        return weight + slots[key]

    return step


def adam(options):
    rate, (b1, b2, epsilon) = options["learningRate"], (0.9, 0.999, 1e-7)
    slots, counts = {}, {}

    def step(key, weight, gradient):
        counts[key] = t = counts.get(key, 0) + 1
        m, v = slots.get(key, (0, 0))
        m, v = b1 * m + (1 - b1) * gradient, b2 * v + (1 - b2) * gradient**2
        slots[key] = m, v
        return weight - rate * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (torch.sqrt(v) + epsilon)

    return step


OPTIMIZERS = {"sgd": sgd, "adam": adam}


# ---------------------------------------------------------------- cases

def quantized(random, shape, size):
    return np.round(random.uniform(-size, size, shape) * 256) / 256


def start_of(layers, shape, random):
    """Initial weights; shapes are followed by running the layers on one image."""
    weights = []
    x = torch.zeros((1, *shape)).permute(0, 3, 1, 2)
    for layer in layers:
        inputs = x.shape[1]
        own = []
        if layer["type"] == "conv2d":
            depth = inputs // layer.get("groups", 1)
            kernel = (*pair(layer["kernelSize"]), depth, layer["filters"])
            own = [quantized(random, kernel, 1.5 / np.sqrt(np.prod(kernel[:-1])))]
            own += [quantized(random, layer["filters"], 0.2)] if layer.get("useBias", True) else []
        if layer["type"] == "dense":
            own = [quantized(random, (inputs, layer["units"]), 1.5 / np.sqrt(inputs))]
            own += [quantized(random, layer["units"], 0.2)]
        if layer["type"] == "batchNormalization":
            own = [1 + quantized(random, inputs, 0.25), quantized(random, inputs, 0.25)]
            own += [quantized(random, inputs, 0.25), 1 + quantized(random, inputs, 0.25)]
        weights.append(own)
        with torch.no_grad():
            linear = {**layer, "activation": "linear"}
            x = LAYERS[layer["type"]](x, linear, [torch.tensor(each) for each in own])
    return weights


def run(name, shape, layers, optimizer, seed):
    random = np.random.RandomState(seed)
    x = quantized(random, (ROWS, *shape), 1.0)
    y = random.randint(0, layers[-1]["units"], ROWS)
    start = start_of(layers, shape, random)
    weights = [[torch.tensor(each) for each in own] for own in start]
    step = OPTIMIZERS[optimizer["name"]](optimizer)
    losses = []
    for _ in range(STEPS):
        trained = [
            (i, j) for i, own in enumerate(weights) for j in range(len(own))
            if not (layers[i]["type"] == "batchNormalization" and j > 1)
        ]
        for i, j in trained:
            weights[i][j] = weights[i][j].detach().requires_grad_()
        loss = F.cross_entropy(forward(layers, weights, torch.tensor(x)), torch.tensor(y))
        gradients = torch.autograd.grad(loss, [weights[i][j] for i, j in trained])
        losses.append(loss.item())
        with torch.no_grad():
            for (i, j), gradient in zip(trained, gradients):
                weights[i][j] = step((i, j), weights[i][j], gradient)
    return {
        "name": name,
        "x": {"shape": list(x.shape), "data": x.flatten()},
        "y": y,
        "layers": layers,
        "optimizer": optimizer,
        "start": [[{"shape": list(each.shape), "data": each.flatten()} for each in own] for own in start],
        "losses": losses,
        "weights": [[each.detach().numpy().flatten() for each in own] for own in weights],
    }


LENET = [
    {"type": "conv2d", "filters": 6, "kernelSize": 5, "padding": "same", "activation": "tanh"},
    {"type": "averagePooling2d"},
    {"type": "conv2d", "filters": 10, "kernelSize": 3, "activation": "tanh"},
    {"type": "averagePooling2d", "poolSize": 2, "padding": "same"},
    {"type": "flatten"},
    {"type": "dense", "units": 12, "activation": "tanh"},
    {"type": "dense", "units": 4, "activation": "softmax"},
]

POOLED = [
    {"type": "conv2d", "filters": 9, "kernelSize": [3, 4], "activation": "relu"},
    {"type": "maxPooling2d", "poolSize": [2, 2]},
    {"type": "conv2d", "filters": 8, "kernelSize": 3, "strides": [2, 1], "padding": "same", "activation": "elu"},
    {"type": "maxPooling2d", "poolSize": 3, "strides": 2, "padding": "same"},
    {"type": "conv2d", "filters": 12, "kernelSize": 2, "groups": 2, "padding": "same", "useBias": False},
    {"type": "activation", "activation": "relu"},
    {"type": "conv2d", "filters": 5, "kernelSize": [1, 2], "dilationRate": 2, "padding": "same"},
    {"type": "flatten"},
    {"type": "dense", "units": 4, "activation": "softmax"},
]

DEPTHWISE = [
    {"type": "conv2d", "filters": 11, "kernelSize": 3, "strides": 2, "useBias": False},
    {"type": "activation", "activation": "relu"},
    {"type": "conv2d", "filters": 11, "kernelSize": 3, "groups": 11, "padding": "same", "activation": "relu"},
    {"type": "conv2d", "filters": 8, "kernelSize": 1, "activation": "relu"},
    {"type": "averagePooling2d", "poolSize": [4, 3], "strides": 1},
    {"type": "flatten"},
    {"type": "dense", "units": 4, "activation": "softmax"},
]

NORMALIZED = [
    DEPTHWISE[0],
    {"type": "batchNormalization", "momentum": 0.9, "epsilon": 1e-3},
    *DEPTHWISE[1:],
]

SGD = {"name": "sgd", "learningRate": 0.05, "momentum": 0.9}
ADAM = {"name": "adam", "learningRate": 0.01}

write_json(
    "torch_cnn.json",
    {"torch": torch.__version__},
    cases=[
        run("LeNet, sgd", (10, 9, 1), LENET, SGD, 1),
        run("LeNet, adam", (10, 9, 1), LENET, ADAM, 2),
        run("pooled, strided, grouped, dilated, sgd", (11, 12, 2), POOLED, SGD, 3),
        run("pooled, strided, grouped, dilated, adam", (11, 12, 2), POOLED, ADAM, 4),
        run("depthwise, sgd", (9, 8, 3), DEPTHWISE, SGD, 5),
        run("depthwise, adam", (9, 8, 3), DEPTHWISE, ADAM, 6),
        run("depthwise with batch normalization, sgd", (9, 8, 3), NORMALIZED, SGD, 7),
        run("depthwise with batch normalization, adam", (9, 8, 3), NORMALIZED, ADAM, 8),
    ],
)
