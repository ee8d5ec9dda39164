"""The check of compare.py lets rounding pass and nothing else: mistakes are planted into a step of made-up arrays."""

import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "mtl/src/test/python"))
import agreement  # noqa: E402

LOSS = 25.85


def step():
    """A large parameter, a small one, one whose gradient vanishes, and an output."""
    random = np.random.default_rng(1)
    sizes = {"output.depth": 1, "gradient.large": 1, "gradient.small": 1e-3, "gradient.vanishing": 1e-12}
    return {name: size * random.standard_normal((64, 64)) for name, size in sizes.items()}


def rounded(arrays, error):
    """The same off by ``error`` in the Euclidean norm, in random directions."""
    random = np.random.default_rng(2)
    return {n: a + error * np.abs(a).std() * 1.6 * random.standard_normal(a.shape) for n, a in arrays.items()}


class AgreementTest(unittest.TestCase):
    def setUp(self):
        self.wanted = step()
        eager = rounded(self.wanted, 1e-5) | self.gradients(rounded(self.wanted, 2e-3))
        self.eager = agreement.errors((LOSS, eager), (LOSS, self.wanted))

    @staticmethod
    def gradients(arrays):
        return {name: array for name, array in arrays.items() if name.startswith("gradient")}

    def check(self, arrays, loss=LOSS, precision="fp32"):
        errors = agreement.errors((loss, arrays), (LOSS, self.wanted))
        agreement.check("auxgrad", errors, self.eager, precision)

    def assert_caught(self, kind, arrays, loss=LOSS, precision="fp32"):
        with self.assertRaisesRegex(SystemExit, f"auxgrad computes something else: its {kind} is off by"):
            self.check(arrays, loss, precision)

    def test_rounding_passes(self):
        self.check(rounded(self.wanted, 1e-5))

    def test_a_gradient_that_vanishes_may_be_anything_small(self):
        self.check(self.wanted | {"gradient.vanishing": 0 * self.wanted["gradient.vanishing"]})

    def test_a_loss_of_another_weight_is_caught(self):
        self.assert_caught("loss", self.wanted, loss=1.001 * LOSS)

    def test_a_scaled_gradient_is_caught(self):
        scaled = {name: 1.008 * array for name, array in self.gradients(self.wanted).items()}
        self.assert_caught("scale", self.wanted | scaled)

    def test_a_gradient_that_is_left_out_is_caught_however_small(self):
        self.assert_caught("tensor", self.wanted | {"gradient.small": 0 * self.wanted["gradient.small"]})

    def test_a_wrong_output_is_caught(self):
        wrong = self.wanted["output.depth"].copy()
        wrong[0] = wrong[1]
        self.assert_caught("output", self.wanted | {"output.depth": wrong})

    def test_an_output_that_is_not_a_number_is_caught(self):
        self.assert_caught("output", self.wanted | {"output.depth": np.full((64, 64), np.nan)})

    def test_an_array_that_is_missing_is_named(self):
        del self.wanted["output.depth"]
        everything = step()
        with self.assertRaisesRegex(SystemExit, "there is no output.depth"):
            agreement.errors((LOSS, self.wanted), (LOSS, everything))

    def test_first_losses_may_differ_by_rounding_alone(self):
        for precision, rounding, mistake in (("fp32", 1e-6, 1e-3), ("bf16", 4e-3, 4e-2)):
            agree, said = agreement.first_losses((1 + rounding) * LOSS, LOSS, precision)
            self.assertTrue(agree, said)
            agree, said = agreement.first_losses((1 - mistake) * LOSS, LOSS, precision)
            self.assertFalse(agree, said)
            self.assertIn("something else", said)
        self.assertFalse(agreement.first_losses(float("nan"), LOSS, "bf16")[0])

    def test_bfloat16_may_be_as_far_off_as_eager_in_it(self):
        self.eager["gradient"] = 0.6
        self.check(rounded(self.wanted, 0.02), precision="bf16")
        wrong = self.gradients(rounded(self.wanted, 0.9))
        self.assert_caught("gradient", self.wanted | wrong, precision="bf16")


if __name__ == "__main__":
    unittest.main()
