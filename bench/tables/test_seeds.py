"""What is trained, what is not trained again, and what the table says."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
import seeds  # noqa: E402


def result(miou):
    return {"segmentation.miou": miou, "depth.rmse": 0.5, "normals.mean": 20.0}


class SeedsTest(unittest.TestCase):
    def setUp(self):
        self.out = tempfile.TemporaryDirectory()
        self.addCleanup(self.out.cleanup)
        options = ["--data", "/nyu", "--out", self.out.name, "--set", "train.epochs=2"]
        self.args = seeds.parse(options)

    def complete(self, seed, miou):
        folder = seeds.folder(self.args, seed)
        folder.mkdir(parents=True)
        (folder / "result.json").write_text(json.dumps(result(miou)))

    def test_a_training_has_its_seed_and_goes_on(self):
        words = " ".join(seeds.training(self.args, 2))
        self.assertIn("train --preset nyuv2-long --data /nyu --set seed=2 --set train.epochs=2 --device cuda", words)
        self.assertTrue(words.endswith(f"{self.out.name}/nyuv2-long-seed-2 --resume"), words)

    def test_what_is_complete_is_not_trained_again(self):
        self.complete(1, 0.40)
        self.complete(3, 0.44)

        def train(command, **_):
            self.assertIn("seed=2", command)
            self.complete(2, 0.42)
            return subprocess.CompletedProcess(command, 0)

        with mock.patch.object(subprocess, "run", side_effect=train) as run:
            found = seeds.results(self.args)
        self.assertEqual(run.call_count, 1)
        self.assertEqual([r["segmentation.miou"] for r in found.values()], [0.40, 0.42, 0.44])

    def test_a_training_that_fails_ends_it(self):
        with mock.patch.object(subprocess, "run", return_value=subprocess.CompletedProcess([], 1)):
            with self.assertRaisesRegex(SystemExit, "seed 1 ended with code 1"):
                seeds.results(self.args)

    def test_the_spread_is_the_deviation_of_the_sample(self):
        lines = seeds.table({1: result(0.40), 2: result(0.42), 3: result(0.44)}, seeds.METRICS).splitlines()
        self.assertEqual(lines[-2], "| mean | 0.4200 | 0.5000 | 20.0000 |")
        self.assertEqual(lines[-1], "| spread | 0.0200 | 0.0000 | 0.0000 |")

    def test_one_seed_has_no_spread(self):
        self.assertIn("| mean |", seeds.table({1: result(0.40)}, seeds.METRICS).splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
