"""PyTorch: the usual loop over shuffled batches that are indexed out of one tensor; a batch of all rows is that tensor. A short warm-up is not timed."""

import torch
from serving import now, serve_trainings
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


def layer_of(layer, shape):
    """Modules of a layer for (channels, height, width) or (features), and the shape that they give."""
    if layer["type"] == "conv2d":
        size, filters = layer["kernelSize"], layer["filters"]
        side = shape[1] - size + 1
        return [nn.Conv2d(shape[0], filters, size), nn.ReLU()], (filters, side, side)
    if layer["type"] == "maxPooling2d":
        side = shape[1] // layer["poolSize"]
        return [nn.MaxPool2d(layer["poolSize"])], (shape[0], side, side)
    if layer["type"] == "dropout":
        return [nn.Dropout(layer["rate"])], shape
    if layer["type"] == "flatten":
        return [nn.Flatten()], (shape[0] * shape[1] * shape[2],)
    last = layer["activation"] == "softmax"  # part of the loss
    return [nn.Linear(shape[0], layer["units"])] + ([] if last else [nn.ReLU()]), (layer["units"],)


def images_network_of(layers):
    modules, shape = [nn.Unflatten(1, (1, 28, 28))], (1, 28, 28)
    for layer in layers:
        more, shape = layer_of(layer, shape)
        modules += more
    return nn.Sequential(*modules)


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


def loss_on(network, loss_of, rows, targets):
    network.eval()
    with torch.inference_mode():
        loss = float(loss_of(network(rows[:1000]), targets[:1000]))
    network.train()
    return loss


def train(request, rows, targets):
    torch.manual_seed(1)
    options, epochs = request["options"], request["epochs"]
    rows = torch.from_numpy(rows)
    targets, loss_of, outputs = task_of(request["estimator"], torch.from_numpy(targets))
    batch = options.get("batchSize", min(200, len(rows)))
    if "layers" in request:
        network = images_network_of(request["layers"])
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    else:
        network = network_of(options, rows.shape[1], outputs)
        optimizer = optimizer_of(options, network, batch)
    before = loss_on(network, loss_of, rows, targets)
    warm_up = min(len(rows), 20 * batch)
    epoch(network, optimizer, loss_of, batch, rows[:warm_up], targets[:warm_up])
    start = now()
    for _ in range(epochs):
        epoch(network, optimizer, loss_of, batch, rows, targets)
    times = (now() - start) / epochs
    return times, [before, loss_on(network, loss_of, rows, targets)], None  # other initial weights: no loss to compare


serve_trainings(f"PyTorch {torch.__version__}", train)
