"""Writes golden/network.safetensors: one narrow network in float64, its gradients and ten steps of SGD.

Run with PyTorch and numpy:  python golden_network.py ../resources/golden/network.safetensors
Weights keep PyTorch's layout (OIHW); images, labels and outputs are channels-last.

Smooth images, and batch normalisations whose shift keeps most values between the kinks of ReLU6, make the ten steps
well-conditioned: PyTorch in float32 then stays within 1e-6 of PyTorch in float64. With neither, rounding alone moves
the losses by percents after three steps.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F

import safetensors_file
from peer_network import Network, task_loss

OUTPUTS = {"segmentation": 5, "depth": 1, "normals": 3}
TAPS = ["crp4", "crp3", "l5", "crp2", "crp1"]
WEIGHTS = {"segmentation": 1.0, "depth": 0.5, "normals": 2.0}
LAMBDA = 0.4
STEPS = 10


def make_network():
    torch.manual_seed(1)
    network = Network(OUTPUTS, width=0.25, channels=16, taps=TAPS, auxiliary_channels=8)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_(0, 0.2)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            inside = 0 if name.endswith("output.2.1") else 1.5
            torch.nn.init.normal_(module.bias, inside, 0.2)
    return network.double()


def make_batch(n=3, height=60, width=76):
    rng = np.random.default_rng(7)
    noise = torch.from_numpy(rng.normal(size=(n, 3, 8, 10)))
    images = 2 * F.interpolate(noise, size=(height, width), mode="bilinear", align_corners=False)
    normals = rng.normal(size=(n, height, width, 3))
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return {
        "images": channels_last(images).astype(np.float32),
        "classes": rng.integers(-1, OUTPUTS["segmentation"], size=(n, height, width)).astype(np.int32),
        "depth": rng.uniform(0.7, 9.5, size=(n, height, width)).astype(np.float32),
        "depth_mask": (rng.uniform(size=(n, height, width)) < 0.8).astype(np.uint8),
        "normals": normals.astype(np.float32),
        "normals_mask": (rng.uniform(size=(n, height, width)) < 0.7).astype(np.uint8),
    }


def to_torch(batch):
    images = torch.from_numpy(batch["images"]).double().permute(0, 3, 1, 2)
    labels = {
        "classes": torch.from_numpy(batch["classes"]).long(),
        "depth": torch.from_numpy(batch["depth"]).double(),
        "depth_mask": torch.from_numpy(batch["depth_mask"]).bool(),
        "normals": torch.from_numpy(batch["normals"]).double().permute(0, 3, 1, 2),
        "normals_mask": torch.from_numpy(batch["normals_mask"]).bool(),
    }
    return images, labels


def channels_last(tensor):
    return tensor.detach().permute(0, 2, 3, 1).numpy().copy()


def losses_of(network, images, labels):
    main, auxiliary = network(images)
    losses = {t: task_loss(t, main[t], labels) for t in OUTPUTS}
    auxiliary_losses = {t: task_loss(t, auxiliary[t], labels) for t in OUTPUTS}
    total = sum(WEIGHTS[t] * (losses[t] + LAMBDA * auxiliary_losses[t]) for t in OUTPUTS)
    row = [total, *losses.values(), *auxiliary_losses.values()]
    return main, auxiliary, total, [float(x.detach()) for x in row]


def state_arrays(network):
    return {k: v.numpy().copy() for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}


def record(network, batch, learning_rate):
    """Weights, outputs, the gradients of the first step, ten steps of losses, and the outputs after them."""
    images, labels = to_torch(batch)
    arrays = {f"batch/{k}": v for k, v in batch.items()}
    arrays |= {f"state/{k}": v for k, v in state_arrays(network).items()}

    network.eval()
    with torch.no_grad():
        outputs, _ = network(images)
    arrays |= {f"eval/{t}": channels_last(v) for t, v in outputs.items()}

    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate, momentum=0.9, weight_decay=1e-4)
    rows = []
    for step in range(STEPS):
        optimizer.zero_grad()
        outputs, auxiliary, total, row = losses_of(network, images, labels)
        total.backward()
        rows.append(row)
        if step == 0:
            arrays |= {f"train/{t}": channels_last(v) for t, v in outputs.items()}
            arrays |= {f"auxiliary/{t}": channels_last(v) for t, v in auxiliary.items()}
            arrays |= {f"gradient/{k}": p.grad.numpy().copy() for k, p in network.named_parameters()}
        optimizer.step()
    arrays["losses"] = np.array(rows)

    network.eval()
    with torch.no_grad():
        outputs, _ = network(images)
    arrays |= {f"trained/{t}": channels_last(v) for t, v in outputs.items()}

    print(np.array(rows))
    return arrays


if __name__ == "__main__":
    safetensors_file.write(sys.argv[1], record(make_network(), make_batch(), 0.002), {"torch": torch.__version__})
