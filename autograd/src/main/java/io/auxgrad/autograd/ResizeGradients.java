package io.auxgrad.autograd;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ResizeOps;

/** Resizing of {@code [N,H,W,C]} with half-pixel centres. */
public final class ResizeGradients {
  private ResizeGradients() {}

  /** {@code x} at {@code height x width}, linear between pixels; see {@link ResizeOps.Mode}. */
  public static Variable bilinear(Variable x, int height, int width) {
    return resize(x, height, width, ResizeOps.Mode.BILINEAR);
  }

  /** {@code x} at {@code height x width}, each from one pixel; see {@link ResizeOps.Mode}. */
  public static Variable nearest(Variable x, int height, int width) {
    return resize(x, height, width, ResizeOps.Mode.NEAREST);
  }

  private static Variable resize(Variable x, int height, int width, ResizeOps.Mode mode) {
    ResizeOps resize = x.backend().resize();
    Tensor y = resize.forward(x.value(), height, width, mode);
    Shape from = x.shape();
    return Tape.record(
        y,
        saver ->
            (dy, into) -> into.add(x, () -> resize.backward(dy, from.dim(1), from.dim(2), mode)),
        x);
  }
}
