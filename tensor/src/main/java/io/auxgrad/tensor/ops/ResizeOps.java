package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Resizing of {@code [N,H,W,C]} with half-pixel centres (PyTorch's {@code align_corners=False}):
 * output pixel {@code i} samples {@code (i + 0.5) * in / out - 0.5}. Float32 or bfloat16, as the
 * input is.
 */
public abstract class ResizeOps {
  /** How to sample. */
  public enum Mode {
    /**
     * Linear between the two nearest pixels of each axis, clamped at the border; no antialiasing.
     */
    BILINEAR,
    /** The pixel {@code floor(i * in / out)}. */
    NEAREST
  }

  /** {@code x} at {@code [N,height,width,C]}. */
  public final Tensor forward(Tensor x, int height, int width, Mode mode) {
    Checks.activationImage("resize", "input", x);
    Checks.require(
        height > 0 && width > 0, "resize", "target %dx%d must be positive", height, width);
    Shape in = x.shape();
    Checks.require(in.dim(1) > 0 && in.dim(2) > 0, "resize", "input %s has no pixels", in);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), Shape.of(in.dim(0), height, width, in.dim(3)));
    Launch.run("resize.forward", () -> runForward(x, mode, y), x, y);
    return y;
  }

  /** {@code dL/dx [N,height,width,C]} of {@link #forward} for an input of that height and width. */
  public final Tensor backward(Tensor dy, int height, int width, Mode mode) {
    Checks.activationImage("resize gradient", "dy", dy);
    Checks.require(
        height > 0 && width > 0, "resize gradient", "input %dx%d must be positive", height, width);
    Shape out = dy.shape();
    Tensor dx =
        Tensor.empty(dy.memory(), dy.dtype(), Shape.of(out.dim(0), height, width, out.dim(3)));
    Launch.run("resize.backward", () -> runBackward(dy, mode, dx), dy, dx);
    return dx;
  }

  /** Writes {@code y}. */
  protected abstract void runForward(Tensor x, Mode mode, Tensor y);

  /** Writes {@code dx}: each input pixel gathers from the outputs that used it. */
  protected abstract void runBackward(Tensor dy, Mode mode, Tensor dx);
}
