"""Do the engines compute the same? Outputs and gradients of one step, each against PyTorch in float64.

Losses of later steps do not tell: from the initial weights on noise, with their ReLU6 kinks and batch statistics,
rounding alone moves the loss by percents after three steps, in PyTorch against itself too. One step is well posed,
and the error against float64 says of each engine by itself whether it is right.
"""

import safetensors_file

# Relative to the norm of the reference. Measured for MobileNetV2 in float32 were errors up to 2e-5 of outputs and 5e-3 of
# all gradients together (rounding flips kinks of ReLU6); a wrong op is off by 1e-1 and more. Where a network amplifies
# rounding more, such as by a batch norm over the two pooled values of two images, PyTorch eager says by how much.
TOLERANCES = {"fp32": {"output": 1e-4, "gradient": 2e-2}, "bf16": {"output": 5e-2, "gradient": 5e-1}}
TIMES_EAGER = 4


def errors(file, reference):
    """The relative error in the Euclidean norm of all outputs and of all gradients."""
    found, wanted = safetensors_file.read(file), safetensors_file.read(reference)
    missing = set(wanted) - set(found)
    if missing:
        raise SystemExit(f"compare: {file.stem} has no {sorted(missing)[0]}")
    result = {}
    for kind in ("output", "gradient"):
        names = [name for name in wanted if name.startswith(kind)]
        if names:
            off = sum(squares(found[n].astype("f8") - wanted[n]) for n in names)
            result[kind] = (off / sum(squares(wanted[n].astype("f8")) for n in names)) ** 0.5
    return result


def squares(array):
    return float((array * array).sum())


def check(engine, found, eager, precision):
    """Ends the comparison if ``found`` is neither within the tolerance nor about as good as ``eager``."""
    for kind, error in found.items():
        allowed = max(TOLERANCES[precision][kind], TIMES_EAGER * eager[kind])
        if not error <= allowed:
            raise SystemExit(
                f"compare: {engine} computes something else: its {kind}s are off by {error:.1e} of PyTorch in float64,"
                f" {allowed:.0e} is allowed in {precision}"
            )
