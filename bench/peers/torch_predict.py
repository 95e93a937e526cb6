"""PyTorch in inference mode: bench/inference/request.ts describes requests and answers."""

import time

import numpy as np
import torch
from serving import serve
from torch import nn

torch.set_num_threads(1)


def network_of(sizes, values):
    modules, begin = [], 0
    for inputs, units in zip(sizes, sizes[1:]):
        layer = nn.Linear(inputs, units)
        kernel = values[begin : begin + inputs * units].reshape(inputs, units)
        begin += inputs * units
        layer.weight.data = torch.from_numpy(kernel.T.copy())
        layer.bias.data = torch.from_numpy(values[begin : begin + units].copy())
        begin += units
        modules += [layer, nn.ReLU()]
    return nn.Sequential(*modules[:-1], nn.Softmax(1)).eval()


def predict(request):
    sizes, batch = request["sizes"], request["batch"]
    network = network_of(sizes, np.fromfile(request["weights"], "<f4"))
    rows = torch.from_numpy(np.fromfile(request["rows"], "<f4").reshape(-1, sizes[0]))
    calls = [rows[i : i + batch] for i in range(256 if batch == 1 else 1)]
    samples = []
    with torch.inference_mode():
        for _ in range(3):
            for call in calls:
                network(call)
        begin = time.perf_counter()
        while len(samples) < 5 or time.perf_counter() - begin < request["seconds"]:
            start = time.perf_counter()
            for call in calls:
                network(call)
            samples.append((time.perf_counter() - start) / len(calls))
        probabilities = network(rows[:10]).flatten().tolist()
    return {"min": min(samples), "median": float(np.median(samples)), "probabilities": probabilities}


serve(f"PyTorch {torch.__version__}", predict)
