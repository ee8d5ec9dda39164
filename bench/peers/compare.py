#!/usr/bin/env python3
"""Times the same network in auxgrad and in PyTorch, in turn, in one run; prints medians and ratios.

Needs Python with torch and safetensors, and the built project (mvn -q -Pfast -DskipTests package).

Each engine is one process that waits while the other works, so that drift of the machine's speed hits both. The
losses of the first steps must agree: both do the same work.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Worker:
    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
        )
        self.about = self.answer()["ready"]

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[0]} ended with code {self.process.wait()}")
        return json.loads(line)

    def quit(self):
        peak = self.ask("quit")["peak_rss_mib"]
        self.process.wait()
        return peak


def java(args, *rest):
    floors = [str(ROOT / floor / "target/classes") for floor in ("bench", "mtl", "nn", "autograd", "kernels", "tensor")]
    classpath = os.pathsep.join([*floors, str(ROOT / "mtl/target/lib/*")])
    return [
        args.java, "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", *args.java_options.split(),
        f"-Dauxgrad.threads={args.threads}", "-cp", classpath, "io.auxgrad.bench.peers.PeerWorker", *map(str, rest),
    ]


def compare(args, mode, folder):
    options = json.loads((folder / "network.json").read_text())
    torch = [
        sys.executable, HERE / "pytorch_worker.py", folder, mode, "--threads", str(args.threads),
        "--taps", ",".join(options["taps"]), "--auxiliary-channels", str(options["auxiliaryChannels"]),
        "--lambda", str(options["lambda"]), *(["--compile"] if args.compile else []),
    ]
    engines = {
        "auxgrad": Worker(java(args, folder, mode)),
        "PyTorch": Worker(torch, {"OMP_NUM_THREADS": str(args.threads)}),
    }
    times = {name: [] for name in engines}
    first = {name: engine.ask(f"{mode} {args.warmup}") for name, engine in engines.items()}
    check_losses(*(first[name]["losses"] for name in engines))
    for _ in range(args.rounds):
        for name, engine in engines.items():
            times[name] += engine.ask(f"{mode} {args.steps}")["ms"]
    peaks = {name: engine.quit() for name, engine in engines.items()}
    return {
        name: {"about": engine.about, "median_ms": statistics.median(times[name]), "peak_rss_mib": peaks[name]}
        for name, engine in engines.items()
    }


def check_losses(ours, theirs):
    for step, (a, b) in enumerate(zip(ours[:3], theirs[:3])):
        if abs(a - b) > 2e-3 * abs(b):
            raise SystemExit(f"the engines disagree: loss of step {step} is {a} here, {b} in PyTorch")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--size", default="120x160", help="height x width")
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="torch.compile instead of eager")
    parser.add_argument("--java", default=os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java")
    parser.add_argument("--java-options", default="-Xmx512m -XX:+UseSerialGC")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(java(args, folder, "prepare", args.batch, args.size), check=True, stdout=subprocess.DEVNULL)
        for mode in ["train", "infer"]:
            results[mode] = compare(args, mode, Path(folder))
    if args.json:
        print(json.dumps(results))
        return
    print(f"batch {args.batch}, {args.size}, {args.threads} threads, median of {args.rounds * args.steps}")
    print("| work | auxgrad ms | PyTorch ms | ratio | auxgrad MiB | PyTorch MiB | ratio |")
    print("|---|---|---|---|---|---|---|")
    for mode, r in results.items():
        a, b = r["auxgrad"], r["PyTorch"]
        print(
            f"| {mode} | {a['median_ms']:.1f} | {b['median_ms']:.1f} | {a['median_ms'] / b['median_ms']:.2f} "
            f"| {a['peak_rss_mib']:.0f} | {b['peak_rss_mib']:.0f} | {a['peak_rss_mib'] / b['peak_rss_mib']:.2f} |"
        )


if __name__ == "__main__":
    main()
