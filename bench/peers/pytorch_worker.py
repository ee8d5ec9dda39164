"""One peer of compare.py: the same network and batch in PyTorch on the CPU, channels_last.

Reads commands from standard input and answers each with one line of JSON:
  train N   N steps of forward + losses + backward + SGD: milliseconds and the loss of each
  infer N   N passes of the deployed network: milliseconds of each
  quit      peak resident memory in MiB
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).parents[2] / "mtl/src/test/python"))
from peer_network import Network, task_loss  # noqa: E402

OUTPUTS = {"segmentation": 13, "depth": 1, "normals": 3}


class Peer:
    def __init__(self, folder, mode, taps, auxiliary_channels, lambda_, compiled):
        self.batch = load_file(folder / "batch.safetensors")
        self.images = self.batch["images"].permute(0, 3, 1, 2)
        self.labels = {
            "classes": self.batch["classes"].long(),
            "depth": self.batch["depth"][..., 0],
            "depth_mask": self.batch["depth_mask"].reshape(self.batch["classes"].shape).bool(),
            "normals": self.batch["normals"].permute(0, 3, 1, 2),
            "normals_mask": self.batch["normals_mask"].reshape(self.batch["classes"].shape).bool(),
        }
        self.lambda_ = lambda_
        self.network = Network(OUTPUTS, taps=taps, auxiliary_channels=auxiliary_channels)
        self.network.load_state_dict(load_file(folder / "weights.safetensors"), strict=False)
        self.network = self.network.to(memory_format=torch.channels_last)
        self.network.train(mode == "train")
        self.images = self.images.contiguous(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
        self.run = torch.compile(self.network) if compiled else self.network

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        main, auxiliary = self.run(self.images)
        loss = sum(task_loss(t, y, self.labels) for t, y in main.items())
        loss = loss + self.lambda_ * sum(task_loss(t, y, self.labels) for t, y in auxiliary.items())
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def infer(self):
        main, _ = self.run(self.images)
        size = self.images.shape[2:]
        return [torch.nn.functional.interpolate(y, size=size, mode="bilinear") for y in main.values()]


def timed(count, action):
    milliseconds, results = [], []
    for _ in range(count):
        start = time.perf_counter()
        results.append(action())
        milliseconds.append((time.perf_counter() - start) * 1e3)
    return milliseconds, results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("mode", choices=["train", "infer"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--taps", default="")
    parser.add_argument("--auxiliary-channels", type=int, default=64)
    parser.add_argument("--lambda", dest="lambda_", type=float, default=1.0)
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    taps = [tap for tap in args.taps.split(",") if tap]
    peer = Peer(args.folder, args.mode, taps, args.auxiliary_channels, args.lambda_, args.compile)
    print(json.dumps({"ready": f"PyTorch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        command, *count = line.split()
        if command == "quit":
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps({"peak_rss_mib": peak}), flush=True)
            return
        milliseconds, results = timed(int(count[0]), peer.step if command == "train" else peer.infer)
        print(json.dumps({"ms": milliseconds, "losses": results if command == "train" else []}), flush=True)


if __name__ == "__main__":
    main()
