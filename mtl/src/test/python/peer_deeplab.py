"""DeepLabv3 on a ResNet with a head per task in PyTorch: the peer of the Java network.

Modules are named as in torchvision's `deeplabv3_resnet50` (backbone.layer1.0.conv1.weight, classifier.0.convs.0.0.weight,
classifier.4.bias, ...), whose classifier is the head of the segmentation here; the heads of other tasks are heads.<task>,
and the auxiliary module has the names of the Java network.

Prints sizes, or loads what `auxgrad export --layout torch` wrote, strictly:  python peer_deeplab.py [FILE DEPTH]
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

import safetensors_file
from peer_network import AuxiliaryModule, resize

REPEATS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
REACH = 96


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, planes, stride, grid_dilation, dilation):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, grid_dilation, grid_dilation, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = downsample(inputs, planes, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, planes, stride, grid_dilation, dilation):
        super().__init__()
        outputs = planes * self.expansion
        self.conv1 = nn.Conv2d(inputs, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, grid_dilation, grid_dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = downsample(inputs, outputs, stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def downsample(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    """Maps c2 to c5 at strides 4, 8, 16, 32; from output_stride on, dilation takes the place of stride."""

    def __init__(self, depth, output_stride=32, base=64):
        super().__init__()
        block = BasicBlock if depth < 50 else Bottleneck
        self.conv1 = nn.Conv2d(3, base, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(base)
        self.channels = {}
        inputs, stride, dilation = base, 4, 1
        for i, repeats in enumerate(REPEATS[depth]):
            planes = base << i
            step, previous = (1 if i == 0 else 2), dilation
            if stride * step > output_stride:
                dilation, step = dilation * step, 1
            stride *= step
            blocks = [block(inputs, planes, step, previous, dilation)]
            inputs = planes * block.expansion
            blocks += [block(inputs, planes, 1, dilation, dilation) for _ in range(1, repeats)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
            self.channels[f"c{i + 2}"] = inputs

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(images))), 3, 2, 1)
        maps = {}
        for i in range(1, 5):
            x = getattr(self, f"layer{i}")(x)
            maps[f"c{i + 1}"] = x
        return maps


def conv_bn_relu(inputs, outputs, kernel, dilation=1):
    padding = dilation * (kernel // 2)
    conv = nn.Conv2d(inputs, outputs, kernel, padding=padding, dilation=dilation, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


class Pooling(nn.Sequential):
    def __init__(self, inputs, outputs):
        super().__init__(nn.AdaptiveAvgPool2d(1), *conv_bn_relu(inputs, outputs, 1))

    def forward(self, x):
        return resize(super().forward(x), x)


class Aspp(nn.Module):
    def __init__(self, inputs, channels, output_stride, dropout):
        super().__init__()
        atrous = [conv_bn_relu(inputs, channels, 3, k * REACH // output_stride) for k in (1, 2, 3)]
        self.convs = nn.ModuleList([conv_bn_relu(inputs, channels, 1), *atrous, Pooling(inputs, channels)])
        self.project = nn.Sequential(*conv_bn_relu(5 * channels, channels, 1), nn.Dropout(dropout))

    def forward(self, x):
        return self.project(torch.cat([conv(x) for conv in self.convs], dim=1))


def head(channels, outputs):
    return [*conv_bn_relu(channels, channels, 3), nn.Conv2d(channels, outputs, 1)]


class DeepLab(nn.Module):
    """outputs: task name -> channels; taps: None for no auxiliary module."""

    def __init__(self, depth, outputs, output_stride=8, base=64, channels=256, dropout=0.5, taps=None, streams=64):
        super().__init__()
        self.outputs = outputs
        self.backbone = ResNet(depth, output_stride, base)
        aspp = Aspp(self.backbone.channels["c5"], channels, output_stride, dropout)
        segmentation = head(channels, outputs["segmentation"]) if "segmentation" in outputs else []
        self.classifier = nn.Sequential(aspp, *segmentation)
        others = {t: nn.Sequential(*head(channels, n)) for t, n in outputs.items() if t != "segmentation"}
        if others:
            self.heads = nn.ModuleDict(others)
        self.auxiliary = None
        if taps:
            tapped = [{**self.backbone.channels, "aspp": channels}[tap] for tap in taps]
            self.auxiliary = AuxiliaryModule(taps, tapped, streams, outputs)

    def forward(self, images):
        """The outputs of the tasks, at the output stride, and those of the auxiliary module."""
        maps = self.backbone(images)
        maps["aspp"] = self.classifier[0](maps["c5"])
        main = {}
        for task in self.outputs:
            layers = self.classifier[1:] if task == "segmentation" else self.heads[task]
            main[task] = layers(maps["aspp"])
        return main, self.auxiliary(maps) if self.auxiliary is not None and self.training else {}


def size(module):
    return sum(p.numel() for p in module.parameters())


def print_sizes():
    for depth in REPEATS:
        print(f"ResNet-{depth}: {size(ResNet(depth)):,} parameters")
    print(f"DeepLabv3 on ResNet-50, 21 classes: {size(DeepLab(50, {'segmentation': 21})):,} parameters")


def load(path, depth):
    """The network of an exported file: every tensor has to find its place, and every place its tensor."""
    tensors = {k: torch.from_numpy(v) for k, v in safetensors_file.read(path).items()}
    outputs = {t: tensors[f"heads.{t}.3.weight"].shape[0] for t in ("depth", "normals") if f"heads.{t}.3.weight" in tensors}
    if "classifier.4.weight" in tensors:
        outputs["segmentation"] = tensors["classifier.4.weight"].shape[0]
    base = tensors["backbone.conv1.weight"].shape[0]
    channels = tensors["classifier.0.project.0.weight"].shape[0]
    network = DeepLab(depth, outputs, base=base, channels=channels)
    network.load_state_dict(tensors, strict=True)
    return network


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print_sizes()
    else:
        print(f"{sys.argv[1]}: loaded, {size(load(sys.argv[1], int(sys.argv[2]))):,} parameters")
