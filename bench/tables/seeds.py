#!/usr/bin/env python3
"""Trains a preset once for each seed and prints each run's metrics on the test split, their mean and their spread.

Runs are folders below --out. What is complete is not trained again, and what was interrupted goes on from its last
checkpoint: the same command, given again, ends in the same table. Works from a checkout and from a bundle.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "bin/auxgrad"
METRICS = ["segmentation.miou", "depth.rmse", "normals.mean"]


def training(args, seed):
    """The command that trains with this seed, or goes on with it."""
    command = [BUNDLED if BUNDLED.is_file() else ROOT / "auxgrad", "train", "--preset", args.preset]
    command += ["--data", args.data] if args.data else []
    for setting in [f"seed={seed}", *args.set]:
        command += ["--set", setting]
    command += ["--device", args.device, "--out", folder(args, seed), "--resume"]
    return [str(word) for word in command]


def folder(args, seed):
    return args.out / f"{args.preset}-seed-{seed}"


def results(args):
    """The results by seed; trains what is not complete."""
    found = {}
    for seed in args.seeds:
        file = folder(args, seed) / "result.json"
        if not file.exists():
            print(f"seeds: seed {seed} in {folder(args, seed)}", file=sys.stderr)
            code = subprocess.run(training(args, seed), stdout=sys.stderr).returncode
            if code != 0:
                raise SystemExit(f"seeds: seed {seed} ended with code {code}; the same command goes on")
        found[seed] = json.loads(file.read_text())
    return found


def table(found, metrics):
    """Markdown; the spread is the standard deviation of the sample."""
    lines = ["| seed | " + " | ".join(metrics) + " |", "|---" * (1 + len(metrics)) + "|"]
    for seed, result in found.items():
        lines.append(f"| {seed} | " + " | ".join(f"{result[metric]:.4f}" for metric in metrics) + " |")
    columns = [[result[metric] for result in found.values()] for metric in metrics]
    lines.append("| mean | " + " | ".join(f"{statistics.mean(column):.4f}" for column in columns) + " |")
    if len(found) > 1:
        lines.append("| spread | " + " | ".join(f"{statistics.stdev(column):.4f}" for column in columns) + " |")
    return "\n".join(lines)


def seeds(text):
    words = text.split(",")
    if not all(word.isdigit() for word in words) or len(set(words)) < len(words):
        raise argparse.ArgumentTypeError(f"{text} must be different whole numbers, such as 1,2,3")
    return [int(word) for word in words]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="seeds", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="nyuv2-long", help="default: nyuv2-long")
    parser.add_argument("--data", type=Path, metavar="DIR", help="of the preset's data set, where it needs a folder")
    parser.add_argument("--seeds", type=seeds, default=[1, 2, 3], metavar="N,...", help="default: 1,2,3")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda", help="default: cuda")
    parser.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="default: runs")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as of auxgrad train")
    parser.add_argument("--metrics", type=lambda text: text.split(","), default=METRICS, help="default: " + ",".join(METRICS))
    return parser.parse_args(arguments)


def main():
    args = parse(sys.argv[1:])
    print(table(results(args), args.metrics))


if __name__ == "__main__":
    main()
