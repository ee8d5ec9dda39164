package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Element-wise ops on float32 or bfloat16; two-argument ops broadcast as NumPy does. They compute
 * in float32 and round a bfloat16 result once.
 */
public abstract class PointwiseOps {
  /** {@code op(x)}. */
  public final Tensor unary(UnaryOp op, Tensor x) {
    Checks.activation(op.label(), "input", x);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("pointwise.unary", () -> runUnary(op, x, y), x, y);
    return y;
  }

  /**
   * {@code dL/dx = dL/dy * op'(x)}, given the input {@code x} and the output {@code y}. Only the
   * one that {@link UnaryOp#derivative} names is read; the other may be any tensor of the shape.
   */
  public final Tensor unaryBackward(UnaryOp op, Tensor dy, Tensor x, Tensor y) {
    Checks.activation(op.label(), "dy", dy);
    Checks.sameShape(op.label(), "dy", dy, "x", x);
    Checks.sameShape(op.label(), "dy", dy, "y", y);
    Checks.sameType(op.label(), "dy", dy, "x", x);
    Checks.sameType(op.label(), "dy", dy, "y", y);
    Tensor dx = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("pointwise.unaryBackward", () -> runUnaryBackward(op, dy, x, y, dx), dy, x, y, dx);
    return dx;
  }

  /**
   * {@code op(a, b)} in the shape that both broadcast to and the element type of {@code a}, which
   * {@code b} need not have: a bfloat16 map and a float32 parameter give a bfloat16 map.
   */
  public final Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    Checks.activation(op.label(), "a", a);
    Checks.activation(op.label(), "b", b);
    Checks.sameDevice(op.label(), a, b);
    Tensor y = Tensor.empty(a.memory(), a.dtype(), a.shape().broadcast(b.shape()));
    Launch.run("pointwise.binary", () -> runBinary(op, a, b, y), a, b, y);
    return y;
  }

  /** {@code scale * x + shift}. */
  public final Tensor affine(Tensor x, float scale, float shift) {
    Checks.activation("affine", "input", x);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("pointwise.affine", () -> runAffine(x, scale, shift, y), x, y);
    return y;
  }

  /** {@code target += x}, of the same shape and type: how gradients accumulate. */
  public final void accumulate(Tensor target, Tensor x) {
    Checks.activation("accumulate", "target", target);
    Checks.sameShape("accumulate", "target", target, "x", x);
    Checks.sameType("accumulate", "x", x, "target", target);
    Checks.sameDevice("accumulate", target, x);
    Launch.run("pointwise.accumulate", () -> runAccumulate(target, x), target, x);
    target.modified();
  }

  /** {@code target *= factor}, {@code factor} a float32 tensor of size 1 on the same device. */
  public final void scaleBy(Tensor target, Tensor factor) {
    Checks.activation("scale", "target", target);
    Checks.floating("scale", "factor", factor);
    Checks.require(factor.size() == 1, "scale", "factor %s must have one element", factor.shape());
    Launch.run("pointwise.scaleBy", () -> runScaleBy(target, factor), target, factor);
    target.modified();
  }

  /** Sets all elements. */
  public final void fill(Tensor target, float value) {
    Checks.activation("fill", "target", target);
    Launch.run("pointwise.fill", () -> runFill(target, value), target);
    target.modified();
  }

  /** Copies all elements of {@code source} to {@code target}: same shape and dtype. */
  public final void copy(Tensor source, Tensor target) {
    Checks.sameShape("copy", "source", source, "target", target);
    Checks.dtype("copy", "target", target, source.dtype());
    Launch.run("pointwise.copy", () -> runCopy(source, target), source, target);
    target.modified();
  }

  /**
   * {@code x} as {@code dtype}; float to int truncates, to uint8 rounds and clamps, to bfloat16
   * rounds to even.
   */
  public final Tensor cast(Tensor x, DType dtype) {
    Tensor y = Tensor.empty(x.memory(), dtype, x.shape());
    Launch.run("pointwise.cast", () -> runCast(x, y), x, y);
    return y;
  }

  /**
   * {@code x * keep / (1 - p)} where {@code keep} is 0 with probability {@code p}, else 1, decided
   * by the Philox stream {@code (seed, stream)}, number {@code i} for element {@code i}. The
   * gradient is the same call on {@code dL/dy}.
   *
   * @param stream int32 {@code [2]}, the lower half of the stream's number and the upper one
   */
  public final Tensor dropout(Tensor x, float p, long seed, Tensor stream) {
    Checks.activation("dropout", "input", x);
    Checks.dtype("dropout", "stream", stream, DType.INT32);
    Checks.shape("dropout", "stream", stream, Shape.of(2));
    Checks.require(p >= 0 && p < 1, "dropout", "probability %s must be in [0,1)", p);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("pointwise.dropout", () -> runDropout(x, p, seed, stream, y), x, stream, y);
    return y;
  }

  /** Writes {@code y}. */
  protected abstract void runUnary(UnaryOp op, Tensor x, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runUnaryBackward(UnaryOp op, Tensor dy, Tensor x, Tensor y, Tensor dx);

  /** Writes {@code y}. */
  protected abstract void runBinary(BinaryOp op, Tensor a, Tensor b, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runAffine(Tensor x, float scale, float shift, Tensor y);

  /** Updates {@code target}. */
  protected abstract void runAccumulate(Tensor target, Tensor x);

  /** Updates {@code target}. */
  protected abstract void runScaleBy(Tensor target, Tensor factor);

  /** Writes {@code target}. */
  protected abstract void runFill(Tensor target, float value);

  /** Writes {@code target}. */
  protected abstract void runCopy(Tensor source, Tensor target);

  /** Writes {@code y}. */
  protected abstract void runCast(Tensor x, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runDropout(Tensor x, float p, long seed, Tensor stream, Tensor y);
}
