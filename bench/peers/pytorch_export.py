"""Traces the network of a folder as TorchScript for libtorch; arguments: FOLDER train|infer FILE.

The module takes images [N,H,W,3]. For inference it returns the predictions; for training the loss, labels inside.
"""

import sys
import warnings
from pathlib import Path

import torch
from torch import nn

from pytorch_worker import Peer


class Training(nn.Module):
    def __init__(self, peer):
        super().__init__()
        self.network = peer.network
        self.peer = [peer]

    def forward(self, images):
        return self.peer[0].loss(*self.network(images.permute(0, 3, 1, 2)))


class Inference(Training):
    def forward(self, images):
        peer = self.peer[0]
        peer.images = images.permute(0, 3, 1, 2)
        return tuple(peer.predict().values())


def main():
    folder, mode, file = sys.argv[1:]
    # TorchScript is deprecated, and what libtorch and DJL load.
    warnings.filterwarnings("ignore")
    peer = Peer(Path(folder), mode == "train", "fp32", False)
    images = peer.images.permute(0, 2, 3, 1).contiguous()
    module = (Training if mode == "train" else Inference)(peer).train(mode == "train")
    # A traced batch norm of a training step moves its statistics: the trace is made without a check by a second run.
    with torch.set_grad_enabled(mode == "train"):
        torch.jit.trace(module, images, check_trace=False).save(file)


if __name__ == "__main__":
    main()
