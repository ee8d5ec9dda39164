#!/usr/bin/env python3
"""Measures the figures of record, row after row, beside what is wanted of each; some 40 minutes on two cores.

With --device cuda the rows are those of a GPU, in bfloat16. The command is the same from a checkout and from a bundle.

Every row is a run of compare.py: the engines in turn, after a check that they compute the same. On a GPU the figures of
each engine, on the CPU those of each row, are in the JSON file as soon as they are there, so that an interrupted run
keeps them; --only measures a row again, and --engines some engines of it. Other engines keep their figures if they are of
the same machine and revision. The table shows all rows of the file, and goals are judged by all engines of a row. Ends
with 1 if an engine failed or a goal is missed.

--tiny shows on any device that the rows of a GPU work, in float32 on two small images: its times say nothing.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import compare
import launch
import machine

# In a bundle, which is not written to, where the command is given.
FOLDER = Path() if launch.BUNDLED_JAVA.is_file() else launch.ROOT / "bench/target/results"


@dataclass(frozen=True)
class Goal:
    """A ratio of auxgrad to another engine: of times, where more is better, or of peak memory, where less is.

    "time" is against the fastest PyTorch, "memory" against the smallest, "fp32" is time against auxgrad in float32, and
    the name of an engine is time against that one.
    """

    what: str
    wanted: float

    def applies(self, result):
        """Whether what it compares was measured."""
        if self.what in ("time", "memory"):
            return "auxgrad" in result and len(compare.peers(result)) > 0
        return {"auxgrad", "auxgrad-fp32" if self.what == "fp32" else self.what} <= set(result)

    def ratio(self, result):
        ours, name = result["auxgrad"], self.other(result)
        if self.what == "memory":
            return ours["peak_mib"] / result[name]["peak_mib"]
        return result[name]["median_ms"] / ours["median_ms"]

    def other(self, result):
        """The engine that is compared with."""
        if self.what in compare.PYTORCH:
            return self.what
        if self.what == "fp32":
            return "auxgrad-fp32"
        figure = "peak_mib" if self.what == "memory" else "median_ms"
        return min(compare.peers(result), key=lambda engine: result[engine][figure])

    def reached(self, result):
        ratio = self.ratio(result)
        return ratio <= self.wanted if self.what == "memory" else ratio >= self.wanted

    def cells(self, result):
        other = self.other(result)
        wanted = f"{'at most' if self.what == 'memory' else 'at least'} {self.wanted}"
        verdict = "reached" if self.reached(result) else "missed"
        figures = [self.figure(result[engine]) for engine in ("auxgrad", other)]
        return [figures[0], f"{other} {figures[1]}", f"{self.ratio(result):.2f}", wanted, verdict]

    def figure(self, engine):
        if self.what == "memory":
            return f"{engine['peak_mib']:.0f} MiB"
        median, low, high = map(compare.milliseconds, (engine["median_ms"], *engine["quartiles_ms"]))
        return f"{median} ms ({low} to {high}), {engine['images_per_s']:.0f} images/s"


@dataclass(frozen=True)
class Row:
    work: str
    goals: tuple
    network: str = "mobilenetv2"
    precision: str = "fp32"
    device: str = "cpu"
    # Other images for the check, where those of the work do not fit in float64.
    check: str = ""
    # Engines that would take many minutes and have no goal.
    without: tuple = ()
    # The larger the work, the fewer runs: each row takes two to ten minutes.
    warmup: int = 200
    starts: int = 1
    rounds: int = 10
    steps: int = 4

    @property
    def name(self):
        return f"{self.network}-{self.precision}-{self.work.replace(':', '-')}"

    def tiny(self, device):
        work = self.work.split(":")[0] + ":2x64x64"
        return replace(self, work=work, precision="fp32", device=device, check="", warmup=1, starts=1, rounds=1, steps=3)

    def judged(self, result):
        """The goals whose engines were measured."""
        return [goal for goal in self.goals if goal.applies(result)]

    def engines(self):
        if self.device == "cuda":
            return [engine for engine in ("auxgrad", *compare.PYTORCH) if engine not in self.without]
        return ["auxgrad", "eager", "compile"] + ["auxgrad-fp32"] * (self.precision == "bf16")

    def measure(self, engines=()):
        """Yields each engine with its figures, as soon as they are there."""
        options = {
            "network": self.network, "precision": self.precision, "engines": ",".join(engines or self.engines()),
            "device": self.device, "works": self.work, "warmup": self.warmup, "starts": self.starts,
            "rounds": self.rounds, "steps": self.steps,
        }  # fmt: skip
        if self.check:
            options["check"] = self.check
        return compare.measured(compare.parse([f"--{name}={value}" for name, value in options.items()]), self.work)


SPEED, LARGE, MEMORY = Goal("time", 2.2), Goal("time", 2.5), Goal("memory", 0.5)
BFLOAT16 = (LARGE, Goal("fp32", 1.5), MEMORY)
ROWS = [
    Row("train:4x120x160", (SPEED, MEMORY)),
    Row("train:8x240x320", (LARGE, MEMORY), warmup=60, rounds=6, steps=2),
    Row("train:4x120x160", BFLOAT16, precision="bf16"),
    Row("train:8x240x320", BFLOAT16, precision="bf16", warmup=60, rounds=6, steps=2),
    Row("train:2x120x160", (Goal("time", 1.3), MEMORY), network="deeplabv3-resnet50", warmup=40, rounds=8, steps=2),
    # A process of torch.compile is a quarter faster or slower than the next.
    Row("infer:4x120x160", (LARGE,), warmup=300, starts=5, rounds=6, steps=8),
    Row("infer:1x240x320", (LARGE,), warmup=300, starts=5, rounds=6, steps=8),
]
SMALL = Goal("memory", 0.7)
GPU = {"precision": "bf16", "device": "cuda", "check": "2x240x320", "warmup": 20, "rounds": 5, "steps": 10}
# Of a step of a millisecond or less a few would be over before GPU and JVM are at their speed.
SHORT = {"warmup": 300}
GPU_ROWS = [
    Row("train:16x480x640", (Goal("eager", 1.3), Goal("compile-graph", 1), SMALL), network="deeplabv3-resnet50", **GPU),
    Row("train:16x480x640", (Goal("eager", 2), SMALL), without=("compile",), **GPU),
    Row("train:4x240x320", (Goal("eager", 4), SMALL), without=("compile",), **{**GPU, **SHORT}),
    Row("infer:1x480x640", (Goal("compile-graph", 1), SMALL), **{**GPU, **SHORT, "check": "1x480x640", "steps": 40}),
]
ALL = {"cpu": ROWS, "cuda": GPU_ROWS}
NAMES = [row.name for rows in ALL.values() for row in rows]


def store(figures, file):
    """All or nothing: a reader never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(figures, indent=2) + "\n")
    os.replace(partial, file)


def table(figures, rows):
    lines = ["| row | auxgrad | against | ratio | wanted | |", "|---|---|---|---|---|---|"]
    losses = []
    for row in rows:
        if row.name in figures:
            result = figures[row.name]["engines"]
            for goal in row.judged(result):
                lines.append("| " + " | ".join([row.name, *goal.cells(result)]) + " |")
            _, said = compare.first_losses(result, row.precision)
            losses += [f"{row.name}: {said}"] if said else []
    places = {place(row) for row in figures.values()}
    engines = {engine["about"] for row in figures.values() for engine in row["engines"].values()}
    return "\n".join([*lines, "", *losses, *(f"measured at {place}" for place in sorted(places)), *sorted(engines)])


def place(row):
    gpu = f" with {row['gpu']}" if "gpu" in row else ""
    return f"{row['revision']} on {row['processors']} x {row['processor']}{gpu}"


def load(file):
    return json.loads(file.read_text()) if file.exists() else {}


def measure(row, file, engines=()):
    """Measures engines of a row, by default all, and keeps each one's figures as soon as they are there.

    One that fails has no figures, not its old ones. Those of other engines are kept if they are of the same place.
    """
    here, begun = machine.describe(row.device), machine.now()
    print(f"record: {row.name}", file=sys.stderr, flush=True)
    figures = load(file)
    result = others(figures.pop(row.name, {}), here, engines or row.engines())

    def keep():
        if result:
            figures[row.name] = {**here, "engines": result}
        store(figures, file)

    keep()
    try:
        for engine, found in row.measure(engines):
            result[engine] = {**begun, **found}
            keep()
    except (*compare.FAILURES, subprocess.CalledProcessError) as e:
        print(f"record: {row.name} failed: {e}", file=sys.stderr)


def others(old, here, engines):
    """What an old row has of other engines, if it is of this place."""
    if any(old.get(what) != value for what, value in here.items()):
        return {}
    return {engine: figures for engine, figures in old["engines"].items() if engine not in engines}


def is_complete(row, figures, engines):
    """Whether all of ``engines``, by default the row's own, were measured, and no engine of the row is wrong."""
    if row.name not in figures:
        return False
    result = figures[row.name]["engines"]
    return compare.is_complete(result, {*(engines or row.engines()), *result}, row.precision)


def is_good(row, figures, engines=()):
    """Whether in addition each goal is reached whose engines are there."""
    if not is_complete(row, figures, engines):
        return False
    result = figures[row.name]["engines"]
    return all(goal.reached(result) for goal in row.judged(result))


def parse():
    parser = compare.Parser(prog="record", description=__doc__, formatter_class=compare.argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--only", type=compare.listed(NAMES), default=NAMES, metavar="ROW,...", help=", ".join(NAMES))
    engines = compare.listed(compare.ENGINES)
    parser.add_argument("--engines", type=engines, default=[], help="fewer than all of " + ", ".join(compare.ENGINES))
    parser.add_argument("--tiny", action="store_true", help="the rows of a GPU, but float32, two images of 64x64, three steps")
    parser.add_argument("--json", type=Path, metavar="FILE", help=f"default: {FOLDER}/record.json, record-cuda.json or -tiny")
    args = parser.parse_args()
    if args.engines and args.device == "cpu" and not args.tiny:
        parser.error("--engines takes --device cuda or --tiny: the goals of the CPU need all engines")
    if args.engines and not ({"auxgrad"} < set(args.engines) and set(args.engines) & set(compare.PYTORCH)):
        parser.error("--engines needs auxgrad and a PyTorch to compare it with")
    return args


def tiny(rows, device):
    """Those that differed by their size and goals alone are one."""
    return [*{row.name: row for row in (row.tiny(device) for row in rows)}.values()]


def file_of(args):
    kind = "-cuda" * (args.device == "cuda") + "-tiny" * args.tiny
    return args.json or FOLDER / f"record{kind}.json"


def main():
    args = parse()
    chosen = ALL["cuda" if args.tiny else args.device]
    rows = [row for row in chosen if row.name in args.only]
    if args.tiny:
        chosen, rows = tiny(chosen, args.device), tiny(rows, args.device)
    file = file_of(args)
    for row in rows:
        measure(row, file, args.engines)
    figures = load(file)
    print(table(figures, chosen))
    if args.tiny:
        return 0 if all(is_complete(row, figures, args.engines) for row in rows) else 1
    return 0 if all(is_good(row, figures, args.engines) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
