"""One op in PyTorch, channels_last, as io.auxgrad.bench.ops.Op describes it in JSON; arguments: JSON THREADS.

Commands on standard input: "run N" runs it N times, "quit" ends; each is answered with a line of JSON. A gradient
pass walks a graph that is kept, towards the one argument that is asked for.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "mtl/src/test/python"))
from peer_network import Network, berhu  # noqa: E402

OUTPUTS = {"segmentation": 13, "depth": 1, "normals": 3}


def image(n, h, w, c):
    return torch.randn(n, c, h, w).contiguous(memory_format=torch.channels_last)


def passes(op, forward, x, weights):
    """The forward pass as it runs in training, or the gradient of one side."""
    wanted = {"GRAD_INPUT": [x], "GRAD_WEIGHT": [weights]}.get(op["pass"])
    if wanted is None:
        return lambda: forward(x.requires_grad_(), weights.requires_grad_() if weights is not None else None)
    for tensor in wanted:
        tensor.requires_grad_()
    y = forward(x, weights)
    dy = torch.randn_like(y)
    return lambda: torch.autograd.grad(y, wanted, dy, retain_graph=True)


def convolution(op):
    x = image(**op["x"])
    w = image(op["outputs"], op["kernel"], op["kernel"], x.shape[1] // op["groups"])
    return passes(op, lambda x, w: F.conv2d(x, w, None, op["stride"], op["kernel"] // 2, 1, op["groups"]), x, w)


def batch_norm(op):
    x = image(**op["x"])
    channels = x.shape[1]
    mean, variance = torch.zeros(channels), torch.ones(channels)
    gamma = torch.ones(channels, requires_grad=True)
    beta = torch.zeros(channels, requires_grad=True)

    def forward(x, _):
        return F.relu6(F.batch_norm(x, mean, variance, gamma, beta, True))

    if op["pass"] == "FORWARD":
        return lambda: forward(x, None)
    y = forward(x.requires_grad_(), None)
    dy = torch.randn_like(y)
    return lambda: torch.autograd.grad(y, [x, gamma, beta], dy, retain_graph=True)


def max_pool(op):
    return passes(op, lambda x, _: F.max_pool2d(x, op["kernel"], op["stride"], op["kernel"] // 2), image(**op["x"]), None)


def resize(op):
    return passes(op, lambda x, _: F.interpolate(x, scale_factor=op["scale"], mode="bilinear"), image(**op["x"]), None)


def with_gradient(op, loss, prediction):
    """The loss of the map brought to the labels' size, and the gradient of the map."""
    prediction.requires_grad_()

    def run():
        fine = F.interpolate(prediction, scale_factor=op["scale"], mode="bilinear")
        return torch.autograd.grad(loss(fine), prediction)

    return run


def labels_like(op, x):
    return x.shape[0], op["scale"] * x.shape[2], op["scale"] * x.shape[3]


def cross_entropy(op):
    x = image(**op["x"])
    labels = torch.randint(-1, x.shape[1], labels_like(op, x))
    return with_gradient(op, lambda y: F.cross_entropy(y, labels, ignore_index=-1), x)


def target_and_mask(op, x):
    n, h, w = labels_like(op, x)
    return image(n, h, w, x.shape[1]), torch.rand(n, h, w) < 0.875


def berhu_loss(op):
    x = image(**op["x"])
    target, mask = target_and_mask(op, x)
    return with_gradient(op, lambda y: berhu((y - target)[:, 0], mask), x)


def cosine(op):
    x = image(**op["x"])
    target, mask = target_and_mask(op, x)
    target = F.normalize(target, dim=1)
    return with_gradient(op, lambda y: (1 - F.cosine_similarity(y, target, dim=1, eps=1e-12))[mask].mean(), x)


def relu6(op):
    x = image(**op["x"])
    return lambda: F.relu6(x)


def accumulate(op):
    target = image(**op["x"])
    x = torch.zeros_like(target)
    return lambda: target.add_(x)


def cast(op):
    x = image(**op["x"])
    return lambda: x.to(torch.bfloat16)


def sgd(_):
    network = Network(OUTPUTS, taps=["crp4", "crp3", "crp2", "crp1"]).to(memory_format=torch.channels_last)
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    return torch.optim.SGD(network.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4).step


OPS = {
    "Convolution": convolution,
    "BatchNorm": batch_norm,
    "MaxPool": max_pool,
    "Resize": resize,
    "CrossEntropy": cross_entropy,
    "Berhu": berhu_loss,
    "Cosine": cosine,
    "Relu6": relu6,
    "Accumulate": accumulate,
    "Cast": cast,
    "Sgd": sgd,
}


def main():
    op, threads = json.loads(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    run = OPS[op["op"]](op)
    print("{}", flush=True)
    for line in sys.stdin:
        if line.startswith("run "):
            for _ in range(int(line[4:])):
                run()
        print("{}", flush=True)


if __name__ == "__main__":
    main()
