"""Writes resources/golden/composite.txt: a small network with PyTorch's results and gradients.

Run from the repository root, with PyTorch 2 (CPU):
    python autograd/src/test/python/composite.py

One line per tensor: name, extents, values. Layouts are ours: NHWC, weights OHWI.
"""

from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(20260301)
torch.set_num_threads(1)
lines = []


def ours(t):
    return t.permute(0, 2, 3, 1) if t.dim() == 4 else t


def write(name, t):
    t = ours(t.detach()).contiguous()
    extents = ",".join(map(str, t.shape)) or "-"
    values = " ".join(f"{v:.9g}" for v in t.flatten().tolist())
    lines.append(f"{name} {extents} {values}")


def leaf(name, *shape, scale=0.5, shift=0.0):
    t = (torch.randn(*shape) * scale + shift).requires_grad_()
    write(name, t)
    leaves[name] = t
    return t


leaves = {}
x = leaf("x", 2, 3, 8, 10, scale=1.0)
conv1 = leaf("conv1", 6, 3, 3, 3)
gamma1, beta1 = leaf("gamma1", 6, shift=1.0), leaf("beta1", 6)
depthwise = leaf("depthwise", 6, 1, 3, 3)
gamma2, beta2 = leaf("gamma2", 6, shift=1.0), leaf("beta2", 6)
conv2, bias2 = leaf("conv2", 4, 12, 1, 1), leaf("bias2", 4)
linear, bias3 = leaf("linear", 3, 12), leaf("bias3", 3)
labels = torch.randint(-1, 4, (2, 8, 10))
weights = torch.rand(4) + 0.5
depth = torch.rand(2, 1, 4, 5) * 3
mask = torch.rand(2, 1, 4, 5) > 0.3
normals = F.normalize(torch.randn(2, 3), dim=1)
for name, t in [("labels", labels), ("weights", weights), ("depth", depth), ("mask", mask.int()), ("normals", normals)]:
    write(name, t)

mean1, var1, mean2, var2 = torch.zeros(6), torch.ones(6), torch.zeros(6), torch.ones(6)
h = F.conv2d(x, conv1, stride=2, padding=1)
h = F.relu(F.batch_norm(h, mean1, var1, gamma1, beta1, training=True, momentum=0.1, eps=1e-5))
d = F.conv2d(h, depthwise, padding=1, groups=6)
d = F.relu6(F.batch_norm(d, mean2, var2, gamma2, beta2, training=True, momentum=0.1, eps=1e-5) + h)
up = F.interpolate(F.max_pool2d(d, 3, 2, 1), (4, 5), mode="bilinear", align_corners=False)
features = torch.cat([d, up], 1)
logits = F.conv2d(features, conv2, bias2)
segmentation = F.cross_entropy(
    F.interpolate(logits, (8, 10), mode="bilinear", align_corners=False), labels, weights, ignore_index=-1)
regression = (F.softplus(logits[:, :1]) - depth).abs()[mask].mean()
direction = F.linear(features.mean((2, 3)), linear, bias3)
cosine = (1 - F.cosine_similarity(direction, normals)).mean()
loss = segmentation + 0.5 * regression + 2 * cosine
loss.backward()

for name, t in [("features", features), ("loss", loss), ("mean1", mean1), ("var2", var2)]:
    write("result." + name, t)
for name, t in leaves.items():
    write("gradient." + name, t.grad)
target = Path(__file__).parent.parent / "resources" / "golden" / "composite.txt"
target.write_text("\n".join(lines) + "\n")
