"""Writes golden/deeplab-resnet{18,50}.safetensors: narrow DeepLabv3 networks in float64, as golden_network.py does.

Run with PyTorch and numpy:  python golden_deeplab.py ../resources/golden
All blocks of the published networks are there, with 2 channels where those have 64; no dropout. The images are long:
the smallest dilation of the context module is 96 pixels.
"""

import sys
from pathlib import Path

import torch

import safetensors_file
from golden_network import OUTPUTS, make_batch, record
from peer_deeplab import DeepLab

NETWORKS = {18: 16, 50: 8}  # depth: output stride
TAPS = ["c5", "c4", "c3", "c2"]


def make_network(depth):
    torch.manual_seed(1)
    network = DeepLab(depth, OUTPUTS, NETWORKS[depth], base=2, channels=4, dropout=0, taps=TAPS, streams=4)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_mean"):
            tensor.normal_(0, 0.2)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Conv2d) and name.startswith("backbone"):
            torch.nn.init.kaiming_normal_(module.weight, mode="fan_out")
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 1, 0.2)
    return network.double()


if __name__ == "__main__":
    for depth in NETWORKS:
        arrays = record(make_network(depth), make_batch(3, 17, 105), 0.002)
        path = Path(sys.argv[1], f"deeplab-resnet{depth}.safetensors")
        safetensors_file.write(path, arrays, {"torch": torch.__version__})
