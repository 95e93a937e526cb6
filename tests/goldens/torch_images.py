"""Small networks of images with batch normalization, trained by Keras's rules in float64 -> torch_images.json

Run:  OMP_NUM_THREADS=1 /usr/bin/python3 tests/goldens/torch_images.py

Convolutions under batch normalization have no bias: its gradient is 0, and Adam would make much of the rounding.
PyTorch only differentiates: normalization (keras/src/layers/normalization/batch_normalization.py: biased moving variance,
epsilon 1e-3) and updates are written out below as Keras 3 defines them. Data and initial weights are multiples of 1/64, so
float32 holds them exactly. The JSON file holds

  torch      version
  x          {shape: [12, 7, 6, 3], data}
  y          classes
  start      network -> initial weights, {shape, data} each, in the order of getWeights()
  cases      network, optimizer ({name, ...options}); 10 steps on all rows:
    losses     before every update
    weights    flat, after the last
    predicted  for the first 4 rows, flat: by the moving statistics
"""

import numpy as np
import torch
from torch.nn import functional

from golden_common import matrix, write_json

ROWS, HEIGHT, WIDTH, CHANNELS, CLASSES = 12, 7, 6, 3, 4
STEPS, MOMENTUM, EPSILON = 10, 0.9, 1e-3


def grid(values):
    return np.round(np.asarray(values) * 64) / 64


def convolution(x, kernel, same, groups=1):
    """x (rows, channels, height, width), kernel (height, width, channels / groups, filters)."""
    return functional.conv2d(x, kernel.permute(3, 2, 0, 1), padding=1 if same else 0, groups=groups)


def batch_normalization(x, weights, training):
    gamma, beta, mean, variance = weights
    if training:
        now, spread = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        with torch.no_grad():
            mean.mul_(MOMENTUM).add_(now, alpha=1 - MOMENTUM)
            variance.mul_(MOMENTUM).add_(spread, alpha=1 - MOMENTUM)
    else:
        now, spread = mean, variance
    shape = (1, -1, 1, 1)
    normal = (x - now.view(shape)) / torch.sqrt(spread.view(shape) + EPSILON)
    return normal * gamma.view(shape) + beta.view(shape)


def layer_normalization(x, gamma, beta):
    """Over the channels of every pixel."""
    mean, variance = x.mean(1, keepdim=True), x.var(1, unbiased=False, keepdim=True)
    shape = (1, -1, 1, 1)
    return (x - mean) / torch.sqrt(variance + EPSILON) * gamma.view(shape) + beta.view(shape)


def depthwise(x, w, training):
    """conv2d 6 same, batchNormalization, relu, zeroPadding2d 1, depthwise conv2d, batchNormalization, tanh, global average, dense."""
    x = functional.relu(batch_normalization(convolution(x, w[0], True), w[1:5], training))
    x = convolution(functional.pad(x, (1, 1, 1, 1)), w[5], False, 6)
    x = torch.tanh(batch_normalization(x, w[6:10], training))
    return x.mean((2, 3)) @ w[10] + w[11]


def pixels(x, w, training):
    """batchNormalization, conv2d 5 valid, layerNormalization, tanh, global maximum, dense."""
    x = convolution(batch_normalization(x, w[0:4], training), w[4], False) + w[5].view(1, -1, 1, 1)
    return torch.tanh(layer_normalization(x, w[6], w[7])).amax((2, 3)) @ w[8] + w[9]


def normal_start(draw, count):
    return [grid(draw.rand(count) + 0.5), grid(draw.normal(0, 0.3, count)), np.zeros(count), np.ones(count)]


def starts(draw):
    def kernel(*shape):
        return grid(draw.normal(0, 1 / np.sqrt(np.prod(shape[:-1])), shape))

    def bias(count):
        return grid(draw.normal(0, 0.2, count))

    return {
        "depthwise": [kernel(3, 3, CHANNELS, 6), *normal_start(draw, 6), kernel(3, 3, 1, 6),
                      *normal_start(draw, 6), kernel(6, CLASSES), bias(CLASSES)],
        "pixels": [*normal_start(draw, CHANNELS), kernel(3, 3, CHANNELS, 5), bias(5),
                   *normal_start(draw, 5)[:2], kernel(5, CLASSES), bias(CLASSES)],
    }


NETWORKS = {"depthwise": (depthwise, {3, 4, 8, 9}), "pixels": (pixels, {2, 3})}
OPTIMIZERS = [{"name": "sgd", "learningRate": 0.0625, "momentum": 0.875}, {"name": "adam", "learningRate": 0.015625}]


def updates(optimizer, weights):
    """keras/src/optimizers/sgd.py, adam.py: epsilon beside the uncorrected root."""
    first = [torch.zeros_like(w) for w in weights]
    second = [torch.zeros_like(w) for w in weights]
    rate, steps = optimizer["learningRate"], 0

    def update(gradients):
        nonlocal steps
        steps += 1
        for w, g, m, v in zip(weights, gradients, first, second):
            if optimizer["name"] == "sgd":
                m.mul_(optimizer["momentum"]).sub_(g, alpha=rate)
                w.add_(m)
                continue
            m.mul_(0.9).add_(g, alpha=0.1)
            v.mul_(0.999).addcmul_(g, g, value=0.001)
            corrected = rate * np.sqrt(1 - 0.999 ** steps) / (1 - 0.9 ** steps)
            w.sub_(corrected * m / (v.sqrt() + 1e-7))
    return update


def train(network, start, optimizer, x, y):
    forward, fixed = NETWORKS[network]
    weights = [torch.tensor(w) for w in start]
    trainable = [w.requires_grad_() for i, w in enumerate(weights) if i not in fixed]
    update = updates(optimizer, trainable)
    losses = []
    for _ in range(STEPS):
        loss = functional.cross_entropy(forward(x, weights, True), y)
        gradients = torch.autograd.grad(loss, trainable)
        losses.append(loss.item())
        with torch.no_grad():
            update(gradients)
    with torch.no_grad():
        predicted = torch.softmax(forward(x[:4], weights, False), 1)
    return {"network": network, "optimizer": optimizer, "losses": losses,
            "weights": [w.detach().flatten().tolist() for w in weights], "predicted": predicted.flatten().tolist()}


def main():
    torch.set_default_dtype(torch.float64)
    draw = np.random.RandomState(12)
    x = grid(draw.normal(0, 1, (ROWS, HEIGHT, WIDTH, CHANNELS)))
    y = draw.randint(0, CLASSES, ROWS)
    start = starts(draw)
    images, classes = torch.tensor(x).permute(0, 3, 1, 2), torch.tensor(y)
    cases = [train(name, start[name], optimizer, images, classes) for name in NETWORKS for optimizer in OPTIMIZERS]
    header = {"torch": torch.__version__.split("+")[0], "x": matrix(x), "y": y.tolist(),
              "start": {name: [matrix(w) for w in arrays] for name, arrays in start.items()}}
    write_json("torch_images.json", header, cases=cases)


main()
