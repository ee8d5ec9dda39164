"""One peer of a comparison: the same network and batch in PyTorch, channels_last.

Reads commands from standard input and answers each with one line of JSON:
  run N       N steps of training (forward, losses, backward, SGD), or N passes of the deployed network: the
              milliseconds of each and, of steps, the losses
  check FILE  writes outputs and, in training, gradients of a step that updates nothing: the loss
  quit        peak memory in MiB: resident on the CPU; on a GPU what PyTorch held of its memory after the first run

With --graph whole steps are recorded as one CUDA graph at the first run, and then replayed; check is not.
"""

import argparse
import contextlib
import json
import os
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


# As many steps as PyTorch wants before a capture, for what it makes at first use.
BEFORE_CAPTURE = 3


def load(file, device="cpu"):
    return {name: torch.from_numpy(array.copy()).to(device) for name, array in safetensors_file.read(file).items()}


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

    def __init__(self, folder, training, precision, compiled, device="cpu", graph=False):
        options = json.loads((folder / "network.json").read_text())
        dtype = torch.float64 if precision == "fp64" else torch.float32
        batch = load(folder / "batch.safetensors", device)
        self.images = batch["images"].permute(0, 3, 1, 2).to(dtype)
        self.images = self.images.contiguous(memory_format=torch.channels_last)
        self.labels = labels_of(batch, dtype)
        self.lambda_ = options["lambda"]
        self.training = training
        self.compiled = compiled
        self.device = device
        self.replay = None
        self.graph = graph
        self.bfloat16 = precision == "bf16"
        self.network = create(options)
        missing, unexpected = self.network.load_state_dict(load(folder / "weights.safetensors"), strict=False)
        # PyTorch counts the batches of a batch norm, which nothing here reads.
        wrong = unexpected + [name for name in missing if not name.endswith("num_batches_tracked")]
        if wrong:
            raise SystemExit(f"pytorch_worker: the weights do not fit the network: {wrong[0]}")
        self.network = self.network.to(device, dtype).to(memory_format=torch.channels_last).train(training)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
        if compiled and not training:
            # Folds batch normalisation into the convolutions, as our deployed network does.
            torch._inductor.config.freezing = True
        # Without graphs of its own, which would leave out losses and optimiser.
        mode = "max-autotune-no-cudagraphs" if device == "cuda" else "default"
        self.forward = torch.compile(self.network, mode=mode) if compiled else self.network

    def outputs(self):
        autocast = torch.autocast(self.device, torch.bfloat16) if self.bfloat16 else contextlib.nullcontext()
        with autocast:
            main, auxiliary = self.forward(self.images)
        return [{task: y.float() if self.bfloat16 else y for task, y in ys.items()} for ys in (main, auxiliary)]

    def loss(self, main, auxiliary):
        loss = sum(task_loss(t, y, self.labels) for t, y in main.items())
        return loss + self.lambda_ * sum(task_loss(t, y, self.labels) for t, y in auxiliary.items())

    def step(self):
        """The loss, on the device."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(*self.outputs())
        loss.backward()
        self.optimizer.step()
        return loss.detach()

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
        arrays = {f"output.{t}": y.detach().permute(0, 2, 3, 1).float().cpu().numpy() for t, y in outputs.items()}
        arrays |= {f"gradient.{name}": g.float().cpu().numpy() for name, g in gradients.items()}
        safetensors_file.write(file, arrays, {})

    def capture(self, work):
        """What replays ``work``; see PyTorch's notes on CUDA graphs."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(BEFORE_CAPTURE):
                work()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = work()

        def replay():
            graph.replay()
            return result

        return replay

    def run(self, count):
        work = self.step if self.training else self.infer
        if self.graph:
            self.replay = work = self.replay or self.capture(work)
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            result = work()
            losses.append(result.item() if self.training else 0.0)
            if self.device == "cuda":
                torch.cuda.synchronize()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return {"ms": milliseconds, "losses": losses}

    def forget_peak(self):
        """What was tried while cuDNN and torch.compile chose their algorithms is not the work's."""
        if self.device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()

    def peak_mebibytes(self):
        if self.device == "cuda":
            return torch.cuda.max_memory_reserved() / 2**20
        return resident_peak()


def resident_peak():
    """As auxgrad's side reads it. getrusage would count the process that started this one too."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), -1)


def about(args):
    extras = [", torch.compile"] * args.compile + [", CUDA graph"] * args.graph
    where = f", {torch.cuda.get_device_name()}, CUDA {torch.version.cuda}" if args.device == "cuda" else ""
    return f"PyTorch {torch.__version__}{where}{''.join(extras)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("mode", choices=["train", "infer"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["fp32", "bf16", "fp64"], default="fp32")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--graph", action="store_true")
    args = parser.parse_args()
    # What libraries print is no answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    torch.set_num_threads(args.threads)
    # The images keep their size, and float32 is float32.
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    peer = Peer(args.folder, args.mode == "train", args.precision, args.compile, args.device, args.graph)
    answer(ready=about(args))
    first = True
    for line in sys.stdin:
        command, *rest = line.split(maxsplit=1)
        if command == "quit":
            answer(peak_mib=peer.peak_mebibytes())
            return
        if command == "check":
            answer(loss=peer.check(rest[0].strip()))
        else:
            answer(**peer.run(int(rest[0])))
            if first:
                peer.forget_peak()
            first = False


if __name__ == "__main__":
    main()
