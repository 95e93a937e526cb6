"""PyTorch: the usual loop over shuffled batches that are indexed out of one tensor; a batch of all rows is that tensor. A short warm-up is not timed."""

import torch
from serving import now, serve
from torch import nn

torch.set_num_threads(1)

ACTIVATIONS = {"relu": nn.ReLU, "logistic": nn.Sigmoid, "tanh": nn.Tanh}


def network_of(options, features, outputs):
    sizes = [features, *options["hiddenLayerSizes"], outputs]
    activation = ACTIVATIONS[options.get("activation", "relu")]
    layers = []
    for inputs, units in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, units), activation()]
    return nn.Sequential(*layers[:-1])


def convolutional():
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        *[nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten()],
        *[nn.Linear(32 * 12 * 12, 128), nn.ReLU(), nn.Linear(128, 10)],
    )


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


def task_of(estimator, targets):
    """Targets, loss and number of outputs: squared error, two classes by one logit, or more classes."""
    if estimator == "MLPRegressor":
        return targets[:, None], nn.MSELoss(), 1
    classes = int(targets.max()) + 1
    if classes == 2:
        return targets[:, None].float(), nn.BCEWithLogitsLoss(), 1
    return targets.long(), nn.CrossEntropyLoss(), classes


def batches(batch, rows, targets):
    if batch >= len(rows):
        yield rows, targets
        return
    order = torch.randperm(len(rows))
    for begin in range(0, len(rows), batch):
        chosen = order[begin : begin + batch]
        yield rows[chosen], targets[chosen]


def epoch(network, optimizer, loss_of, batch, rows, targets):
    for some, wanted in batches(batch, rows, targets):
        optimizer.zero_grad()
        loss_of(network(some), wanted).backward()
        optimizer.step()


def measure(request, rows, targets):
    torch.manual_seed(1)
    options, epochs = request["options"], request["epochs"]
    rows = torch.from_numpy(rows)
    targets, loss_of, outputs = task_of(request["estimator"], torch.from_numpy(targets))
    batch = options.get("batchSize", min(200, len(rows)))
    cnn = request["estimator"] == "CNN"
    network = convolutional() if cnn else network_of(options, rows.shape[1], outputs)
    optimizer = optimizer_of(options, network, batch)
    warm_up = min(len(rows), 20 * batch)
    epoch(network, optimizer, loss_of, batch, rows[:warm_up], targets[:warm_up])
    start = now()
    for _ in range(epochs):
        epoch(network, optimizer, loss_of, batch, rows, targets)
    return (now() - start) / epochs, None  # other initial weights, so no loss to compare


serve(f"PyTorch {torch.__version__}", measure)
