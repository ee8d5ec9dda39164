"""Do the engines compute the same? Loss, outputs and gradients of one step, each against PyTorch in float64.

Losses of later steps do not tell: from the initial weights on noise, with their ReLU6 kinks and batch statistics,
rounding alone moves the loss by percents after three steps, in PyTorch against itself too. One step is well posed,
and the error against float64 says of each engine by itself whether it is right.
"""

import safetensors_file

# What is looked at, all relative to the reference:
#   loss      the loss of the step
#   output    the Euclidean norm of the error of all outputs together
#   gradient  the same of all gradients
#   scale     by how much the gradients are longer than the reference, along it: rounding points elsewhere
#   tensor    the largest error of the gradient of a single parameter
# The tolerances are three to ten times what the engines were measured to be off by for MobileNetV2 (docs/benchmarks.md), and a
# hundred times for the loss, which is a sum of few losses and hardly off at all.
# Where a network amplifies rounding more, such as by a batch norm over the two pooled values of two images, PyTorch
# eager says by how much. In bfloat16 that is so throughout: the gradients of this network in eager's autocast are off
# by two thirds of their length, which leaves eager as the only measure; the loss is the sharp check there.
TOLERANCES = {
    "fp32": {"loss": 1e-5, "output": 5e-5, "gradient": 1e-2, "scale": 2e-3, "tensor": 5e-2},
    "bf16": {"loss": 5e-3, "output": 5e-2, "gradient": 5e-2},
}
TIMES_EAGER = {"fp32": 3, "bf16": 1.25}

# Parameters whose gradient is zero but for rounding, such as a shift in front of a batch norm, say nothing.
VANISHING = 1e-6


def errors(found, wanted):
    """The errors of a step: ``found`` and ``wanted`` are a loss and arrays by name, ``output.*`` and ``gradient.*``."""
    loss, arrays = found
    wanted_loss, wanted_arrays = wanted
    missing = set(wanted_arrays) - set(arrays)
    if missing:
        raise SystemExit(f"compare: there is no {sorted(missing)[0]}")
    result = {}
    if wanted_loss:
        result["loss"] = abs(loss / wanted_loss - 1)
    for kind in ("output", "gradient"):
        pairs = [(arrays[n].astype("f8"), a.astype("f8")) for n, a in wanted_arrays.items() if n.startswith(kind)]
        if pairs:
            result[kind] = (sum(squares(f - w) for f, w in pairs) / sum(squares(w) for _, w in pairs)) ** 0.5
            if kind == "gradient":
                result |= gradient_errors(pairs)
    return result


def gradient_errors(pairs):
    length = sum(squares(w) for _, w in pairs)
    along = sum(float((f * w).sum()) for f, w in pairs)
    single = [squares(f - w) / squares(w) for f, w in pairs if squares(w) > VANISHING**2 * length]
    return {"scale": abs(along / length - 1), "tensor": max(single) ** 0.5}


def squares(array):
    return float((array * array).sum())


def first_losses(ours, theirs, precision):
    """Whether two losses of the same weights and batch agree, and a line that says so.

    Each may be off by its tolerance.
    """
    off, allowed = abs(ours / theirs - 1), 2 * TOLERANCES[precision]["loss"]
    agree = off <= allowed
    verdict = "" if agree else ": something else was computed"
    return agree, f"first loss: auxgrad {ours:.6g}, eager {theirs:.6g}, {off:.0e} apart, {allowed:.0e} allowed{verdict}"


def read(loss, file):
    return loss, safetensors_file.read(file)


def check(engine, found, eager, precision):
    """Ends the comparison if ``found`` is neither within the tolerances nor about as good as ``eager``."""
    for kind, tolerance in TOLERANCES[precision].items():
        allowed = max(tolerance, TIMES_EAGER[precision] * eager.get(kind, 0))
        if kind in found and not found[kind] <= allowed:
            raise SystemExit(
                f"compare: {engine} computes something else: its {kind} is off by {found[kind]:.1e} of PyTorch in"
                f" float64, {allowed:.0e} is allowed in {precision}"
            )
