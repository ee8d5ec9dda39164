"""One peer of a comparison: the same network and batch in PyTorch on the CPU, channels_last.

Reads commands from standard input and answers each with one line of JSON:
  run N       N steps of training (forward, losses, backward, SGD), or N passes of the deployed network: the
              milliseconds of each and, of steps, the losses
  check FILE  writes outputs and, in training, gradients of a step that updates nothing: the loss
  quit        peak resident memory in MiB
"""

import argparse
import contextlib
import json
import resource
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "mtl/src/test/python"))
import safetensors_file  # noqa: E402
from networks import create  # noqa: E402
from peer_network import task_loss  # noqa: E402

MINIMUM_DEPTH = 1e-3


def load(file):
    return {name: torch.from_numpy(array.copy()) for name, array in safetensors_file.read(file).items()}


def labels_of(batch, dtype):
    masked = batch["classes"].shape
    return {
        "classes": batch["classes"].long(),
        "depth": batch["depth"][..., 0].to(dtype),
        "depth_mask": batch["depth_mask"].reshape(masked).bool(),
        "normals": batch["normals"].permute(0, 3, 1, 2).to(dtype),
        "normals_mask": batch["normals_mask"].reshape(masked).bool(),
    }


class Peer:
    """precision: fp32, bf16 (autocast of the network, losses in float32) or fp64 (the reference of the check)."""

    def __init__(self, folder, training, precision, compiled):
        options = json.loads((folder / "network.json").read_text())
        dtype = torch.float64 if precision == "fp64" else torch.float32
        batch = load(folder / "batch.safetensors")
        self.images = batch["images"].permute(0, 3, 1, 2).to(dtype)
        self.images = self.images.contiguous(memory_format=torch.channels_last)
        self.labels = labels_of(batch, dtype)
        self.lambda_ = options["lambda"]
        self.training = training
        self.compiled = compiled
        self.bfloat16 = precision == "bf16"
        self.network = create(options)
        missing, unexpected = self.network.load_state_dict(load(folder / "weights.safetensors"), strict=False)
        # PyTorch counts the batches of a batch norm, which nothing here reads.
        wrong = unexpected + [name for name in missing if not name.endswith("num_batches_tracked")]
        if wrong:
            raise SystemExit(f"pytorch_worker: the weights do not fit the network: {wrong[0]}")
        self.network = self.network.to(dtype).to(memory_format=torch.channels_last).train(training)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
        if compiled and not training:
            # Folds batch normalisation into the convolutions, as our deployed network does.
            torch._inductor.config.freezing = True
        self.forward = torch.compile(self.network) if compiled else self.network

    def outputs(self):
        autocast = torch.autocast("cpu", torch.bfloat16) if self.bfloat16 else contextlib.nullcontext()
        with autocast:
            main, auxiliary = self.forward(self.images)
        return [{task: y.float() if self.bfloat16 else y for task, y in ys.items()} for ys in (main, auxiliary)]

    def loss(self, main, auxiliary):
        loss = sum(task_loss(t, y, self.labels) for t, y in main.items())
        return loss + self.lambda_ * sum(task_loss(t, y, self.labels) for t, y in auxiliary.items())

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(*self.outputs())
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def infer(self):
        # Only under no_grad does torch.compile freeze.
        with torch.no_grad() if self.compiled else torch.inference_mode():
            return self.predict()

    def predict(self):
        main, _ = self.outputs()
        size = self.images.shape[2:]
        predictions = {t: F.interpolate(y, size=size, mode="bilinear") for t, y in main.items()}
        predictions["depth"] = predictions["depth"].clamp_min(MINIMUM_DEPTH)
        predictions["normals"] = F.normalize(predictions["normals"], dim=1)
        return predictions

    def check(self, file):
        """Writes in float32, channels last, what the other engines write too."""
        if not self.training:
            self.write(file, self.infer(), {})
            return 0.0
        main, auxiliary = self.outputs()
        loss = self.loss(main, auxiliary)
        loss.backward()
        gradients = {name: p.grad for name, p in self.network.named_parameters()}
        self.write(file, main, gradients)
        return loss.item()

    @staticmethod
    def write(file, outputs, gradients):
        arrays = {f"output.{t}": y.detach().permute(0, 2, 3, 1).float().numpy() for t, y in outputs.items()}
        arrays |= {f"gradient.{name}": g.float().numpy() for name, g in gradients.items()}
        safetensors_file.write(file, arrays, {})

    def run(self, count):
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            loss = self.step() if self.training else self.infer()
            milliseconds.append((time.perf_counter() - start) * 1e3)
            losses.append(loss if self.training else 0.0)
        return {"ms": milliseconds, "losses": losses}


def answer(**values):
    print(json.dumps(values), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("mode", choices=["train", "infer"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["fp32", "bf16", "fp64"], default="fp32")
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    peer = Peer(args.folder, args.mode == "train", args.precision, args.compile)
    answer(ready=f"PyTorch {torch.__version__}{', torch.compile' if args.compile else ''}")
    for line in sys.stdin:
        command, *rest = line.split(maxsplit=1)
        if command == "quit":
            answer(peak_rss_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            return
        if command == "check":
            answer(loss=peer.check(rest[0].strip()))
        else:
            answer(**peer.run(int(rest[0])))


if __name__ == "__main__":
    main()
