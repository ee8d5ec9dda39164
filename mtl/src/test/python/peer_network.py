"""The multi-task light-weight RefineNet with its auxiliary module in PyTorch: the peer of the Java network.

Encoder and decoder carry the parameter names of the published PyTorch models (layer3.0.output.1.0.weight,
crp4.0.2_outvar_dimred.weight, pre_segm.weight, ...); the auxiliary module those of the Java network.
"""

import torch
import torch.nn.functional as F
from torch import nn

HEADS = {"segmentation": "segm", "depth": "depth", "normals": "normal"}
STAGES = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def rounded(channels, width):
    """MobileNet's rule: a multiple of 8, and not more than 10 % below what was asked for."""
    wanted = channels * width
    result = max(8, int(wanted + 4) // 8 * 8)
    return result + 8 if result < 0.9 * wanted else result


def conv_bn(inputs, outputs, kernel, stride=1, groups=1, activation=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU6()) if activation else nn.Sequential(*layers)


def conv1x1(inputs, outputs, groups=1):
    return nn.Conv2d(inputs, outputs, 1, groups=groups, bias=False)


def resize(x, like):
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, expansion, stride):
        super().__init__()
        hidden = inputs * expansion
        self.residual = inputs == outputs and stride == 1
        self.output = nn.Sequential(
            conv_bn(inputs, hidden, 1),
            conv_bn(hidden, hidden, 3, stride, groups=hidden),
            conv_bn(hidden, outputs, 1, activation=False),
        )

    def forward(self, x):
        y = self.output(x)
        return x + y if self.residual else y


class ChainedPooling(nn.Module):
    def __init__(self, channels, depthwise):
        super().__init__()
        for stage in range(1, 5):
            setattr(self, f"{stage}_outvar_dimred", conv1x1(channels, channels, channels if depthwise else 1))

    def forward(self, x):
        top = x
        for stage in range(1, 5):
            top = F.max_pool2d(top, 5, 1, 2)
            top = getattr(self, f"{stage}_outvar_dimred")(top)
            x = x + top
        return x


class AuxiliaryStream(nn.Module):
    """h_p = ReLU(resample(h_{p-1}) + BN(conv1x1(O_p))) over the tapped maps in order."""

    def __init__(self, taps, tapped_channels, channels):
        super().__init__()
        self.taps = taps
        for tap, inputs in zip(taps, tapped_channels):
            adaptor = nn.Module()
            adaptor.conv = conv1x1(inputs, channels)
            adaptor.bn = nn.BatchNorm2d(channels)
            self.add_module(tap, adaptor)

    def forward(self, maps):
        h = None
        for tap in self.taps:
            adaptor = getattr(self, tap)
            adapted = adaptor.bn(adaptor.conv(maps[tap]))
            h = F.relu(adapted if h is None else adapted + resize(h, adapted))
        return h


class AuxiliaryModule(nn.Module):
    def __init__(self, taps, tapped_channels, channels, outputs):
        super().__init__()
        self.streams = nn.ModuleDict({t: AuxiliaryStream(taps, tapped_channels, channels) for t in outputs})
        self.heads = nn.ModuleDict({t: nn.Conv2d(channels, n, 3, padding=1) for t, n in outputs.items()})

    def forward(self, maps):
        return {task: self.heads[task](stream(maps)) for task, stream in self.streams.items()}


class Network(nn.Module):
    """outputs: task name -> channels; taps: None for no auxiliary module."""

    def __init__(self, outputs, width=1.0, channels=256, taps=None, auxiliary_channels=64):
        super().__init__()
        self.outputs = outputs
        planes = rounded(32, width)
        self.layer1 = conv_bn(3, planes, 3, stride=2)
        level_channels = {}
        for level, (expansion, out, repeats, stride) in enumerate(STAGES, start=2):
            out = rounded(out, width)
            blocks = []
            for i in range(repeats):
                blocks.append(InvertedResidual(planes, out, expansion, stride if i == 0 else 1))
                planes = out
            setattr(self, f"layer{level}", nn.Sequential(*blocks))
            level_channels[f"l{level}"] = out
        for level in range(8, 2, -1):
            setattr(self, f"conv{level}", conv1x1(level_channels[f"l{level}"], channels))
        for stage in range(4, 0, -1):
            setattr(self, f"crp{stage}", nn.Sequential(ChainedPooling(channels, depthwise=stage == 1)))
            level_channels[f"crp{stage}"] = channels
            if stage > 1:
                setattr(self, f"conv_adapt{stage}", conv1x1(channels, channels))
        for task, n in outputs.items():
            setattr(self, f"pre_{HEADS[task]}", conv1x1(channels, channels, channels))
            setattr(self, HEADS[task], nn.Conv2d(channels, n, 3, padding=1))
        self.auxiliary = None
        if taps:
            tapped = [level_channels[tap] for tap in taps]
            self.auxiliary = AuxiliaryModule(taps, tapped, auxiliary_channels, outputs)

    def forward(self, images):
        """Returns the outputs of the tasks and of the auxiliary module, at a quarter of the size of the images."""
        maps = {}
        x = self.layer2(self.layer1(images))
        for level in range(3, 9):
            x = getattr(self, f"layer{level}")(x)
            maps[f"l{level}"] = x
        maps["crp4"] = self.crp4(F.relu6(self.conv8(maps["l8"]) + self.conv7(maps["l7"])))
        top = resize(self.conv_adapt4(maps["crp4"]), maps["l6"])
        maps["crp3"] = self.crp3(F.relu6(self.conv6(maps["l6"]) + self.conv5(maps["l5"]) + top))
        top = resize(self.conv_adapt3(maps["crp3"]), maps["l4"])
        maps["crp2"] = self.crp2(F.relu6(self.conv4(maps["l4"]) + top))
        top = resize(self.conv_adapt2(maps["crp2"]), maps["l3"])
        maps["crp1"] = self.crp1(F.relu6(self.conv3(maps["l3"]) + top))
        main = {}
        for task in self.outputs:
            hidden = F.relu6(getattr(self, f"pre_{HEADS[task]}")(maps["crp1"]))
            main[task] = getattr(self, HEADS[task])(hidden)
        return main, self.auxiliary(maps) if self.auxiliary is not None and self.training else {}


def task_loss(task, prediction, labels):
    """The loss of one task at the size of the labels."""
    size = labels["classes"].shape[1:]
    prediction = F.interpolate(prediction, size=size, mode="bilinear", align_corners=False)
    if task == "segmentation":
        return F.cross_entropy(prediction, labels["classes"], ignore_index=-1)
    if task == "depth":
        return berhu(prediction[:, 0] - labels["depth"], labels["depth_mask"])
    cosine = F.cosine_similarity(prediction, labels["normals"], dim=1, eps=1e-12)
    return masked_mean(1 - cosine, labels["normals_mask"])


def berhu(error, mask):
    error = torch.where(mask, error, 0).abs()
    c = 0.2 * error.max().detach()
    return masked_mean(torch.where(error <= c, error, (error * error + c * c) / (2 * c)), mask)


def masked_mean(values, mask):
    """Picks nothing out: the size of what is picked would have to come from the GPU, and could not be in a CUDA graph."""
    return torch.where(mask, values, 0).sum() / mask.sum()
