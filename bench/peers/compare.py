#!/usr/bin/env python3
"""Times the same network in auxgrad and in PyTorch, in turn, in one run; prints medians and ratios.

Needs Python with torch and numpy, and the built project (mvn -q -Pfast -DskipTests package).

On the CPU each engine is one process that waits while the others work, so that drift of the machine's speed hits all of
them; on a GPU, whose memory is not enough for all, one works after the other. Before that, loss, outputs and gradients of
one step are held against PyTorch in float64: all do the same work. A ratio is the time of the faster PyTorch divided by
auxgrad's: above 1, auxgrad is faster.

A PyTorch that fails, on the CPU also one that computes something else, is left out; on a GPU, whose time is dear, no
failure keeps others from being measured. Each is said, and the comparison ends with 1. On a GPU torch.compile and CUDA
graphs, which can take minutes for each size, are not held against float64: they run the same modules as PyTorch eager.

An engine called NAME-fp32 computes in float32 whatever the precision: --precision bf16
--engines auxgrad,auxgrad-fp32,eager compares auxgrad in bfloat16 with itself in float32 and with PyTorch's autocast.

A work is train or infer with a size: train:4x120x160 is a training step on 4 images of 120x160.
"""

import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import launch

sys.path.insert(0, str(launch.ROOT / "mtl/src/test/python"))
import agreement  # noqa: E402
from networks import NETWORKS  # noqa: E402

# Options of the peer's worker, in the order in which they are measured on a GPU: what has goals comes first.
PYTORCH = {"eager": [], "graph": ["--graph"], "compile-graph": ["--compile", "--graph"], "compile": ["--compile"]}
ENGINES = [name + suffix for name in ("auxgrad", *PYTORCH) for suffix in ("", "-fp32")]
ERRORS = ["loss", "output", "gradient", "scale", "tensor"]
WORK = re.compile(r"(train|infer):([1-9]\d*x[1-9]\d*x[1-9]\d*)")
# What one engine may meet that need not end the others.
FAILURES = (SystemExit, OSError, ValueError)
WORKS = "train:4x120x160,infer:4x120x160,infer:1x240x320"


def precision_of(engine, args):
    return "fp32" if engine.endswith("-fp32") else args.precision


def command_of(engine, args, folder, mode, size):
    precision = precision_of(engine, args)
    if engine.startswith("auxgrad"):
        return launch.auxgrad(args.threads, args.java_options, folder, mode, args.network, precision, size, args.device)
    return launch.pytorch(args.threads, folder, mode, precision, args.device, *PYTORCH[engine.removesuffix("-fp32")])


def start(engine, args, folder, mode, size):
    # Each as its users start it: our launcher sets malloc too, PyTorch's users leave it.
    environment = launch.MALLOC if engine.startswith("auxgrad") else {"OMP_NUM_THREADS": str(args.threads)}
    return launch.Worker(engine, command_of(engine, args, folder, mode, size), environment)


def step_of(worker, file):
    """What a step of an engine computes that updates nothing."""
    try:
        loss = worker.ask(f"check {file}")["loss"]
        worker.quit()
    finally:
        worker.kill()
    return agreement.read(loss, file)


@contextlib.contextmanager
def prepared(args, size):
    """A folder with the files that all engines start from."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare = launch.auxgrad(args.threads, args.java_options, folder, "prepare", args.network, "fp32", size)
        subprocess.run(list(map(str, prepare)), check=True, stdout=subprocess.DEVNULL)
        yield folder


def complain(args, engines, failure):
    """Ends a comparison on the CPU, which without auxgrad is none; but a PyTorch that fails is left out."""
    if not isinstance(failure, SystemExit):
        failure = SystemExit(f"compare: {', '.join(engines)}: {failure}")
    if args.device == "cpu" and not PYTORCH.keys() >= set(engines):
        raise failure
    print(failure, file=sys.stderr, flush=True)


def of_each(args, engines, work):
    """What ``work`` makes of each engine; who fails is left out, and said."""
    for engine in engines:
        try:
            found = work(engine)
        except FAILURES as e:
            complain(args, [engine], e)
        else:
            yield engine, found


def checked_as(engine, args):
    """The engine whose step is looked at for this one."""
    suffix = "-fp32" * engine.endswith("-fp32")
    return "eager" + suffix if args.device == "cuda" and engine.removesuffix(suffix) in PYTORCH else engine


def check(args, folder, mode, size):
    """The errors of each engine that is looked at, and after that whether each can be trusted: "wrong" says why not."""
    file = folder / "step.safetensors"
    try:
        command = launch.pytorch(args.threads, folder, mode, "fp64", args.device)
        wanted = step_of(launch.Worker("PyTorch in float64", command, {}), file)
    except FAILURES as e:
        complain(args, args.engines, e)
        return {engine: {"wrong": f"not checked: {e}"} for engine in args.engines}
    found = {}

    def errors(engine):
        if engine not in found:
            found[engine] = agreement.errors(step_of(start(engine, args, folder, mode, size), file), wanted)
        return found[engine]

    result = {}
    for engine in args.engines:
        precision = precision_of(engine, args)
        result[engine] = {}
        try:
            of_step = errors(checked_as(engine, args))
            if checked_as(engine, args) == engine:
                result[engine] |= of_step
            eager = errors("eager" if precision == args.precision else "eager-fp32")
            agreement.check(engine, of_step, eager, precision)
        except FAILURES as e:
            result[engine]["wrong"] = str(e)
            complain(args, [engine], e)
    return result


def measured(args, work):
    """Yields each engine with its figures, as soon as they are there."""
    mode, size = WORK.fullmatch(work).groups()
    checked = args.check or size
    with prepared(args, checked) as folder:
        errors = check(args, folder, mode, checked)
    right = [engine for engine in args.engines if "wrong" not in errors[engine]]
    together = [right] if args.device == "cpu" else [[engine] for engine in args.engines]
    with prepared(args, size) as folder:
        for engines in together:
            for engine, figures in in_turn(args, engines, folder, mode, size):
                yield engine, {**figures, "errors": errors[engine]}


def compare(args, work):
    result = dict(measured(args, work))
    if not result:
        raise SystemExit(f"compare: no engine could be measured for {work}")
    return result


def in_turn(args, engines, folder, mode, size):
    """Yields each engine with its figures, over all starts of it."""
    runs = {engine: [] for engine in engines}
    for _ in range(args.starts):
        runs = {engine: [*runs[engine], run] for engine, run in started(args, runs, folder, mode, size)}
    for engine, those in runs.items():
        figures = figures_of(those, int(size.split("x")[0]))
        # A pass has no loss, and a capture makes steps before the first that is counted.
        if mode == "train" and "graph" not in engine:
            figures["first_loss"] = those[0].first_loss
        # At once: what comes after it may not come to its end.
        took = milliseconds(figures["median_ms"])
        print(f"compare: {engine} {took} ms, {figures['peak_mib']:.0f} MiB", file=sys.stderr, flush=True)
        yield engine, figures


def started(args, engines, folder, mode, size):
    """Each engine with what a process of it took, in turns with those of the others."""
    with contextlib.ExitStack() as ends:

        def begin(engine):
            run = Run(start(engine, args, folder, mode, size))
            ends.callback(run.worker.kill)
            return run

        runs = dict(of_each(args, engines, begin))
        left = dict(of_each(args, runs, lambda engine: runs[engine].warm_up(args.warmup)))
        for _ in range(args.rounds):
            left = dict(of_each(args, left, lambda engine: runs[engine].measure(args.steps)))
        return [(engine, runs[engine]) for engine, _ in of_each(args, left, lambda engine: runs[engine].end())]


class Run:
    """An engine at work, and what its steps took."""

    def __init__(self, worker):
        self.worker = worker
        self.milliseconds = []
        self.first_loss = None
        self.peak_mib = None

    def warm_up(self, count):
        self.first_loss = self.worker.ask(f"run {count}")["losses"][0]

    def measure(self, count):
        self.milliseconds += self.worker.ask(f"run {count}")["ms"]

    def end(self):
        self.peak_mib = self.worker.quit()


def figures_of(runs, images):
    """Of an engine's processes: of the times of all of them, and of the one that took the most memory."""
    times = [took for run in runs for took in run.milliseconds]
    median = statistics.median(times)
    return {
        "about": runs[0].worker.about,
        "median_ms": median,
        "quartiles_ms": statistics.quantiles(times, n=4)[::2],
        "medians_of_starts_ms": [statistics.median(run.milliseconds) for run in runs],
        "images_per_s": images * 1e3 / median,
        "peak_mib": max(run.peak_mib for run in runs),
    }


def peers(result):
    """Every PyTorch in the same precision."""
    return [engine for engine in result if engine in PYTORCH]


def first_losses(result, precision):
    """Whether auxgrad and eager began with the same loss at the timed size, and a line that says so where both trained."""
    losses = [result[engine]["first_loss"] for engine in ("auxgrad", "eager") if "first_loss" in result.get(engine, {})]
    return agreement.first_losses(*losses, precision) if len(losses) == 2 else (True, "")


def is_complete(result, engines, precision):
    """Whether all were measured, and none was found to compute something else."""
    right = all(engine in result and "wrong" not in result[engine].get("errors", {}) for engine in engines)
    agree, _ = first_losses(result, precision)
    return right and agree


def best_peer(result):
    """The fastest of them."""
    return min(peers(result), key=lambda engine: result[engine]["median_ms"], default=None)


def ratio(result):
    """How many times faster than the faster PyTorch; None where one side was left out."""
    base = best_peer(result)
    return result[base]["median_ms"] / result["auxgrad"]["median_ms"] if base and "auxgrad" in result else None


def milliseconds(value):
    """As text: with one decimal, below 10 ms with three digits."""
    return f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def table(args, results):
    count = args.starts * args.rounds * args.steps
    print(f"{args.network}, {args.precision}, {args.device}, {args.threads} threads, median of {count}")
    print("| work | engine | ms | quartiles | times auxgrad's | images/s | peak MiB | " + " | ".join(ERRORS) + " |")
    print("|---" * (7 + len(ERRORS)) + "|")
    for work, result in results.items():
        for engine, r in result.items():
            times = r["median_ms"] / result["auxgrad"]["median_ms"] if "auxgrad" in result else float("nan")
            median, low, high = map(milliseconds, (r["median_ms"], *r["quartiles_ms"]))
            off = [f"{r['errors'][kind]:.0e}" if kind in r["errors"] else "-" for kind in ERRORS]
            print(
                f"| {work} | {engine} | {median} | {low} to {high} | {times:.2f} "
                f"| {r['images_per_s']:.1f} | {r['peak_mib']:.0f} | {' | '.join(off)} |"
            )
    for work, result in results.items():
        _, losses = first_losses(result, args.precision)
        if losses:
            print(f"{work}: {losses}")
        if ratio(result):
            print(f"{work}: {ratio(result):.2f} times as fast as PyTorch ({best_peer(result)})")


def listed(choices):
    def parse(text):
        words = text.split(",")
        for word in words:
            if word not in choices:
                raise argparse.ArgumentTypeError(f"{word} is none of {', '.join(choices)}")
        return words

    return parse


def works(text):
    for word in text.split(","):
        if not WORK.fullmatch(word):
            raise argparse.ArgumentTypeError(f"{word} must be train or infer with a size, such as train:4x120x160")
    return text.split(",")


def size(text):
    if not WORK.fullmatch(f"train:{text}"):
        raise argparse.ArgumentTypeError(f"{text} must be BATCHxHEIGHTxWIDTH, such as 2x240x320")
    return text


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} must be a whole number, 1 or more")
    return int(text)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message):
        self.exit(2, f"compare: {message}; see --help\n")


def parse(arguments):
    parser = Parser(prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=sorted(NETWORKS), default="mobilenetv2")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--engines", type=listed(ENGINES), default=["auxgrad", "eager"], help="of " + ",".join(ENGINES))
    parser.add_argument("--works", type=works, default=works(WORKS), help="default: " + WORKS)
    parser.add_argument("--check", type=size, metavar="SIZE", help="what is checked before; default: the size of the work")
    parser.add_argument("--threads", type=positive, default=2)
    parser.add_argument("--warmup", type=positive, default=60, help="runs of each engine before it is measured")
    parser.add_argument("--starts", type=positive, default=1, help="how often all engines are started anew")
    parser.add_argument("--rounds", type=positive, default=8, help="how often the engines take turns")
    parser.add_argument("--steps", type=positive, default=5, help="runs of one turn")
    parser.add_argument("--require", type=float, help="exit with 1 unless each work is so many times as fast as PyTorch")
    parser.add_argument("--java-options", default=launch.JAVA_OPTIONS, help="default: the launcher's")
    parser.add_argument("--json", action="store_true", help="all figures as JSON instead of a table")
    args = parser.parse_args(arguments)
    graphs = [engine for engine in args.engines if "graph" in engine]
    if graphs and args.device == "cpu":
        parser.error(f"{graphs[0]} records a CUDA graph, which takes --device cuda")
    return args


def main():
    args = parse(sys.argv[1:])
    results = {work: compare(args, work) for work in args.works}
    if args.json:
        print(json.dumps(results, indent=2))
    else:
        table(args, results)
    slow = [work for work, r in results.items() if args.require and (ratio(r) or 0) < args.require]
    for work in slow:
        print(f"compare: {work} is {ratio(results[work]) or 0:.2f} times as fast, {args.require} wanted", file=sys.stderr)
    return 1 if slow or not all(is_complete(r, args.engines, args.precision) for r in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
