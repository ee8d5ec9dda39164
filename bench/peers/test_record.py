"""What counts as reached, and that a row that was measured stays."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
import compare  # noqa: E402
import launch  # noqa: E402
import machine  # noqa: E402
import record  # noqa: E402


def engine(milliseconds, mebibytes):
    return {
        "about": "an engine",
        "median_ms": milliseconds,
        "quartiles_ms": [milliseconds, milliseconds],
        "images_per_s": 4000 / milliseconds,
        "peak_mib": mebibytes,
    }


RESULT = {
    "auxgrad": engine(50, 300),
    "auxgrad-fp32": engine(80, 500),
    "eager": engine(120, 700),
    "compile": engine(110, 800),
}


class RecordTest(unittest.TestCase):
    def test_time_is_compared_with_the_faster_pytorch(self):
        self.assertAlmostEqual(record.Goal("time", 2).ratio(RESULT), 2.2)
        self.assertTrue(record.Goal("time", 2.2).reached(RESULT))
        self.assertFalse(record.Goal("time", 2.3).reached(RESULT))

    def test_memory_is_compared_with_the_smaller_pytorch_and_must_be_less(self):
        self.assertAlmostEqual(record.Goal("memory", 0.5).ratio(RESULT), 300 / 700)
        self.assertTrue(record.Goal("memory", 0.5).reached(RESULT))
        self.assertFalse(record.Goal("memory", 0.4).reached(RESULT))

    def test_bfloat16_is_compared_with_float32_of_the_same_run(self):
        self.assertAlmostEqual(record.Goal("fp32", 1.5).ratio(RESULT), 1.6)

    def test_short_steps_have_as_many_digits_as_long_ones(self):
        texts = {0.7315: "0.732", 7.315: "7.32", 73.15: "73.2", 1614.9: "1614.9"}
        self.assertEqual([compare.milliseconds(of_step) for of_step in texts], list(texts.values()))
        cells = record.Goal("eager", 2).cells({"auxgrad": engine(0.25, 300), "eager": engine(0.5, 700)})
        self.assertTrue(cells[0].startswith("0.250 ms (0.250 to 0.250), "), cells)

    def test_rows_have_names_of_their_own(self):
        self.assertEqual(len(set(record.NAMES)), len(record.ROWS) + len(record.GPU_ROWS))

    def test_a_goal_may_name_the_engine_and_waits_for_it(self):
        self.assertAlmostEqual(record.Goal("eager", 2).ratio(RESULT), 2.4)
        deeplab = record.GPU_ROWS[0]
        self.assertEqual([goal.what for goal in deeplab.judged(RESULT)], ["eager", "memory"])
        with_graph = {**RESULT, "compile-graph": engine(45, 900)}
        self.assertEqual([goal.what for goal in deeplab.judged(with_graph)], ["eager", "compile-graph", "memory"])
        self.assertTrue(record.is_good(deeplab, {deeplab.name: {"engines": RESULT}}, list(RESULT)))
        self.assertFalse(record.is_good(deeplab, {deeplab.name: {"engines": with_graph}}, list(with_graph)))

    def test_an_engine_that_is_missing_or_wrong_spoils_a_row_and_not_the_figures_of_others(self):
        deeplab = record.GPU_ROWS[0]
        figures = {deeplab.name: {"engines": RESULT}}
        self.assertFalse(record.is_good(deeplab, figures))
        without = {name: figures for name, figures in RESULT.items() if name != "auxgrad"}
        self.assertEqual(deeplab.judged(without), [])
        self.assertEqual(deeplab.judged({"auxgrad": RESULT["auxgrad"]}), [])
        wrong = {**RESULT, "eager": {**RESULT["eager"], "errors": {"wrong": "it computes something else"}}}
        self.assertFalse(record.is_good(deeplab, {deeplab.name: {"engines": wrong}}, list(RESULT)))

    def test_the_rows_of_a_gpu_have_the_names_that_its_check_asks_for(self):
        self.assertEqual(
            [row.name for row in record.GPU_ROWS],
            [
                "deeplabv3-resnet50-bf16-train-16x480x640",
                "mobilenetv2-bf16-train-16x480x640",
                "mobilenetv2-bf16-train-4x240x320",
                "mobilenetv2-bf16-infer-1x480x640",
            ],
        )

    def test_tiny_rows_are_gpus_rows_on_the_device_that_is_there(self):
        row = record.GPU_ROWS[0].tiny("cpu")
        self.assertEqual(row.name, "deeplabv3-resnet50-fp32-train-2x64x64")
        self.assertEqual(row.engines(), ["auxgrad", "eager", "compile"])
        self.assertEqual(len(record.tiny(record.GPU_ROWS, "cpu")), 3)

    def test_short_steps_of_a_gpu_are_warmed_up_as_long_as_long_ones(self):
        for row in record.GPU_ROWS[2:]:
            self.assertGreaterEqual(row.warmup, 300)
            self.assertGreaterEqual(row.rounds * row.steps, 50)

    def test_on_a_gpu_what_takes_long_comes_last_and_only_where_it_may_be_wanted(self):
        engines = ["auxgrad", "eager", "graph", "compile-graph"]
        self.assertEqual(
            [row.engines() for row in record.GPU_ROWS], [[*engines, "compile"], engines, engines, [*engines, "compile"]]
        )

    def test_a_row_that_fails_loses_its_figures_and_the_others_keep_theirs(self):
        first, second = record.ROWS[:2]
        for row in (first, second):
            self.measure(row, {name: RESULT[name] for name in row.engines()})
        self.assertEqual(list(self.stored()), [first.name, second.name])
        self.measure(first, {}, SystemExit("no"))
        self.assertEqual(list(self.stored()), [second.name])
        self.assertFalse(record.is_good(first, self.stored()))
        self.assertEqual(record.table(self.stored(), record.ROWS).count(second.name), len(second.goals))

    def test_engines_are_kept_one_by_one(self):
        row = record.GPU_ROWS[0]
        self.measure(row, {"auxgrad": RESULT["auxgrad"]}, KeyboardInterrupt())
        self.assertEqual(self.engines(row), ["auxgrad"])

    def test_engines_that_are_not_measured_again_keep_their_figures(self):
        row = record.GPU_ROWS[0]
        self.measure(row, {"auxgrad": engine(50, 300), "eager": engine(120, 700)}, engines=["auxgrad", "eager"])
        compiled = {"auxgrad": engine(40, 300), "compile-graph": engine(45, 800)}
        self.measure(row, compiled, engines=["auxgrad", "compile-graph"])
        self.assertEqual(self.engines(row), ["eager", "auxgrad", "compile-graph"])
        self.assertEqual([goal.what for goal in row.judged(self.result(row))], ["eager", "compile-graph", "memory"])
        self.assertAlmostEqual(record.Goal("eager", 2).ratio(self.result(row)), 3)
        self.assertTrue(record.is_good(row, self.stored(), ["auxgrad", "compile-graph"]))

        self.measure(row, {"auxgrad": engine(100, 300)}, engines=["auxgrad", "compile-graph"])
        self.assertEqual(self.engines(row), ["eager", "auxgrad"])
        self.assertFalse(record.is_good(row, self.stored(), ["auxgrad"]))

    def test_engines_of_another_revision_or_machine_are_dropped(self):
        row = record.GPU_ROWS[0]
        for what in ("revision", "gpu", "processor"):
            self.measure(row, RESULT)
            with mock.patch.object(machine, "describe", return_value={**machine.describe("cuda"), what: "another"}):
                self.measure(row, {"auxgrad": RESULT["auxgrad"]}, engines=["auxgrad"])
            self.assertEqual(self.engines(row), ["auxgrad"])

    def test_an_engine_that_was_wrong_before_spoils_the_row_still(self):
        row = record.GPU_ROWS[0]
        wrong = {**RESULT["eager"], "errors": {"wrong": "it computes something else"}}
        self.measure(row, {"auxgrad": RESULT["auxgrad"], "eager": wrong})
        self.measure(row, {"auxgrad": RESULT["auxgrad"]}, engines=["auxgrad"])
        self.assertFalse(record.is_complete(row, self.stored(), ["auxgrad"]))

    def test_another_first_loss_than_eagers_spoils_a_row_and_is_said(self):
        row = record.GPU_ROWS[0]
        for loss, good in ((25.9, True), (24.5, False)):
            ours, eager = {**engine(50, 300), "first_loss": loss}, {**engine(120, 700), "first_loss": 25.8}
            self.measure(row, {"auxgrad": ours, "eager": eager})
            self.assertEqual(record.is_good(row, self.stored(), ["auxgrad", "eager"]), good)
            self.assertEqual("something else was computed" not in record.table(self.stored(), [row]), good)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "results" / "record.json"

    def measure(self, row, found, end=None, engines=()):
        """Measures made-up engines, behind which comes ``end``."""

        def one_by_one(*_):
            yield from found.items()
            if end:
                raise end

        with mock.patch.object(record.Row, "measure", one_by_one), contextlib.redirect_stderr(io.StringIO()):
            with contextlib.suppress(KeyboardInterrupt):
                record.measure(row, self.file, engines)

    def stored(self):
        return json.loads(self.file.read_text())

    def result(self, row):
        return self.stored()[row.name]["engines"]

    def engines(self, row):
        return list(self.result(row))


class MachineTest(unittest.TestCase):
    def test_without_git_the_revision_is_unknown(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"):
            self.assertEqual(machine.describe("cpu")["revision"], "unknown")


class MadeUpWorker:
    """Of an engine that takes 10 ms for a step; one that is ``failing`` does so after its warm-up."""

    def __init__(self, failing, took=10.0, peak=100):
        self.about = "an engine"
        self.failing = failing
        self.took = took
        self.peak = peak
        self.killed = False

    def ask(self, command):
        count = int(command.removeprefix("run "))
        if self.failing and count != WARMUP:
            raise self.failing
        return {"ms": [self.took] * count, "losses": [25.8] + [12.3] * (count - 1)}

    def quit(self):
        return self.peak

    def kill(self):
        self.killed = True


WARMUP = 7


class ComparisonTest(unittest.TestCase):
    def compare(self, device, engines, failing=None, failure=None, wrong=(), work="train:2x64x64"):
        """Of made-up engines, of which one fails and some compute something else."""
        workers = {engine: MadeUpWorker(failure if engine == failing else None) for engine in engines}
        errors = {engine: {"wrong": "something else"} if engine in wrong else {} for engine in engines}
        args = compare.parse([f"--device={device}", f"--engines={','.join(engines)}", f"--warmup={WARMUP}"])
        made_up = {"start": lambda engine, *_: workers[engine], "check": lambda *_: errors, "prepared": mock.MagicMock()}
        left_out = wrong if device == "cpu" else ()
        with mock.patch.multiple(compare, **made_up), contextlib.redirect_stderr(io.StringIO()) as said:
            found = compare.compare(args, work)
        self.assertEqual([worker.killed for worker in workers.values()], [engine not in left_out for engine in engines])
        return found, said.getvalue()

    def test_who_fails_is_left_out_however_it_fails(self):
        for failure in (SystemExit("compare: eager ended"), OSError("no such file"), ValueError("no number")):
            for device in ("cuda", "cpu"):
                found, said = self.compare(device, ["auxgrad", "eager", "compile"], "eager", failure)
                self.assertEqual(list(found), ["auxgrad", "compile"])
                self.assertIn(f"eager: {failure}" if not isinstance(failure, SystemExit) else str(failure), said)

    def test_the_first_loss_is_that_of_the_weights_that_all_start_from(self):
        engines = ["auxgrad", "eager", "graph"]
        found, _ = self.compare("cuda", engines)
        self.assertEqual([found[engine].get("first_loss") for engine in engines], [25.8, 25.8, None])
        found, _ = self.compare("cuda", engines, work="infer:1x64x64")
        self.assertEqual(compare.first_losses(found, "bf16"), (True, ""))

    def test_figures_are_of_all_starts(self):
        workers = [MadeUpWorker(None, took, peak) for took, peak in ((10, 100), (40, 120), (20, 110))]
        args = compare.parse(["--engines=auxgrad", "--starts=3", "--rounds=1", "--steps=2"])
        with mock.patch.object(compare, "start", side_effect=workers), contextlib.redirect_stderr(io.StringIO()):
            found = dict(compare.in_turn(args, ["auxgrad"], Path(), "infer", "1x64x64"))["auxgrad"]
        self.assertEqual((found["median_ms"], found["peak_mib"]), (20, 120))
        self.assertEqual(found["medians_of_starts_ms"], [10, 40, 20])
        self.assertTrue(all(worker.killed for worker in workers))

    def test_on_the_cpu_nothing_is_compared_without_auxgrad(self):
        with self.assertRaises(SystemExit):
            self.compare("cpu", ["auxgrad", "eager"], "auxgrad", OSError("no such file"))

    def test_without_a_reference_figures_of_a_gpu_are_kept_and_not_trusted(self):
        gpu, cpu = (compare.parse([f"--device={device}"]) for device in ("cuda", "cpu"))
        with mock.patch.object(launch, "Worker", side_effect=SystemExit("compare: PyTorch in float64 ended")):
            with contextlib.redirect_stderr(io.StringIO()):
                errors = compare.check(gpu, Path(), "train", "2x64x64")
            self.assertEqual(list(errors), ["auxgrad", "eager"])
            self.assertFalse(compare.is_complete({name: {"errors": of} for name, of in errors.items()}, ["auxgrad"], "fp32"))
            with self.assertRaises(SystemExit):
                compare.check(cpu, Path(), "train", "2x64x64")

    def test_on_the_cpu_who_computes_something_else_is_left_out_if_it_is_pytorch(self):
        found, _ = self.compare("cpu", ["auxgrad", "eager", "compile"], wrong=["compile"])
        self.assertEqual(list(found), ["auxgrad", "eager"])
        args = compare.parse(["--engines=auxgrad,eager,compile"])
        with contextlib.redirect_stderr(io.StringIO()) as said:
            compare.complain(args, ["compile"], SystemExit("compare: compile computes something else"))
        self.assertIn("something else", said.getvalue())
        with self.assertRaises(SystemExit):
            compare.complain(args, ["auxgrad"], SystemExit("compare: auxgrad computes something else"))

    def test_where_nobody_is_left_it_fails(self):
        with self.assertRaisesRegex(SystemExit, "no engine could be measured"):
            self.compare("cuda", ["auxgrad"], "auxgrad", SystemExit("compare: auxgrad ended"))

    def test_errors_are_said_of_the_engine_that_was_looked_at(self):
        args = compare.parse(["--device=cuda", "--engines=auxgrad,eager,graph"])
        looked_at = []
        made_up = {"start": lambda engine, *_: looked_at.append(engine), "step_of": mock.DEFAULT}
        errors = {"loss": 1e-7, "output": 1e-6}
        with mock.patch.multiple(compare, **made_up), mock.patch.object(launch, "Worker"):
            with mock.patch.object(compare.agreement, "errors", return_value=errors):
                found = compare.check(args, Path(), "train", "2x64x64")
        self.assertEqual(looked_at, ["auxgrad", "eager"])
        self.assertEqual(found, {"auxgrad": errors, "eager": errors, "graph": {}})

    def test_on_a_gpu_pytorch_is_checked_once(self):
        gpu, cpu = (compare.parse([f"--device={device}"]) for device in ("cuda", "cpu"))
        self.assertEqual(compare.checked_as("compile-graph", gpu), "eager")
        self.assertEqual(compare.checked_as("graph-fp32", gpu), "eager-fp32")
        self.assertEqual(compare.checked_as("auxgrad-fp32", gpu), "auxgrad-fp32")
        self.assertEqual(compare.checked_as("compile", cpu), "compile")


if __name__ == "__main__":
    unittest.main()
