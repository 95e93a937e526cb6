"""PyTorch: the usual loop over shuffled batches that are indexed out of one tensor. A short warm-up is not timed."""

import torch
from serving import now, serve
from torch import nn

torch.set_num_threads(1)

ACTIVATIONS = {"relu": nn.ReLU, "logistic": nn.Sigmoid, "tanh": nn.Tanh}


def network_of(options, features, classes):
    sizes = [features, *options["hiddenLayerSizes"], classes]
    activation = ACTIVATIONS[options.get("activation", "relu")]
    layers = []
    for inputs, units in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, units), activation()]
    return nn.Sequential(*layers[:-1])


def optimizer_of(options, network, batch):
    """lamella divides the penalty by the rows of the batch, as scikit-learn does."""
    decay = options.get("alpha", 1e-4) / batch
    rate = options.get("learningRateInit", 1e-3)
    if options.get("solver", "adam") == "adam":
        return torch.optim.Adam(network.parameters(), lr=rate, weight_decay=decay)
    momentum = options.get("momentum", 0.9)
    nesterov = momentum > 0 and options.get("nesterovsMomentum", True)
    return torch.optim.SGD(
        network.parameters(), lr=rate, momentum=momentum, nesterov=nesterov, weight_decay=decay
    )


def epoch(network, optimizer, batch, rows, labels):
    loss_of = nn.CrossEntropyLoss()
    order = torch.randperm(len(rows))
    for begin in range(0, len(rows), batch):
        chosen = order[begin : begin + batch]
        optimizer.zero_grad()
        loss_of(network(rows[chosen]), labels[chosen]).backward()
        optimizer.step()


def measure(options, epochs, rows, labels):
    torch.manual_seed(1)
    rows, labels = torch.from_numpy(rows), torch.from_numpy(labels).long()
    batch = options.get("batchSize", min(200, len(rows)))
    network = network_of(options, rows.shape[1], int(labels.max()) + 1)
    optimizer = optimizer_of(options, network, batch)
    epoch(network, optimizer, batch, rows[: 20 * batch], labels[: 20 * batch])
    start = now()
    for _ in range(epochs):
        epoch(network, optimizer, batch, rows, labels)
    return (now() - start) / epochs, None  # other initial weights, so no loss to compare


serve(f"PyTorch {torch.__version__}", measure)
