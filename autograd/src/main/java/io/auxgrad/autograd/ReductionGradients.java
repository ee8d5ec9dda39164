package io.auxgrad.autograd;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.ReductionOps;
import io.auxgrad.tensor.ops.ReductionOps.Kind;
import io.auxgrad.tensor.ops.UnaryOp;

/**
 * Reductions along axes, which stay with extent 1; without axes everything is reduced to a scalar
 * of rank 0. Sums, means and maxima are float32, also of bfloat16.
 */
public final class ReductionGradients {
  private ReductionGradients() {}

  /** The sum along {@code axes}. */
  public static Variable sum(Variable x, int... axes) {
    Tensor y = reduce(Kind.SUM, x, axes);
    return Tape.record(y, saver -> (dy, into) -> into.add(x, () -> expand(dy, x)), x);
  }

  /** The mean along {@code axes}. */
  public static Variable mean(Variable x, int... axes) {
    Tensor y = reduce(Kind.MEAN, x, axes);
    float share = (float) ((double) y.size() / x.shape().size());
    return Tape.record(
        y,
        saver ->
            (dy, into) ->
                into.add(x, () -> expand(x.backend().pointwise().affine(dy, share, 0), x)),
        x);
  }

  /** The maximum along {@code axes}; equal maxima share the gradient evenly, as PyTorch's amax. */
  public static Variable max(Variable x, int... axes) {
    Tensor y = reduce(Kind.MAX, x, axes);
    return Tape.record(
        y,
        saver -> {
          Tensor savedX = saver.save(x.value());
          Tensor savedY = saver.save(y);
          return (dy, into) -> into.add(x, () -> shareOut(x.backend(), dy, savedX, savedY));
        },
        x);
  }

  /** Softmax along the last axis. */
  public static Variable softmax(Variable x) {
    ReductionOps reduction = x.backend().reduction();
    Tensor y = reduction.softmax(x.value());
    return Tape.record(
        y,
        saver -> {
          Tensor savedY = saver.save(y);
          return (dy, into) -> into.add(x, () -> reduction.softmaxBackward(dy, savedY));
        },
        x);
  }

  private static Tensor reduce(Kind kind, Variable x, int... axes) {
    Tensor y = x.backend().reduction().reduce(kind, x.value(), axes);
    if (axes.length > 0) {
      return y;
    }
    try (y) {
      return y.reshape(Shape.scalar());
    }
  }

  private static Tensor expand(Tensor dy, Variable x) {
    Tensor zeros = Tensor.zeros(dy.memory(), x.dtype(), x.shape());
    return Backends.of(dy).pointwise().binary(BinaryOp.ADD, zeros, dy);
  }

  private static Tensor shareOut(Backend backend, Tensor dy, Tensor x, Tensor y) {
    PointwiseOps pointwise = backend.pointwise();
    Tensor below = pointwise.binary(BinaryOp.SUBTRACT, y, x);
    Tensor ones = Tensor.empty(below.memory(), below.dtype(), below.shape());
    pointwise.fill(ones, 1);
    // relu'(y - x) is 1 below the maximum and 0 at it.
    Tensor notMax = pointwise.unaryBackward(UnaryOp.RELU, ones, below, below);
    Tensor isMax = pointwise.affine(notMax, -1, 1);
    Tensor count = backend.reduction().sumTo(isMax, y.shape());
    return pointwise.binary(BinaryOp.MULTIPLY, isMax, pointwise.binary(BinaryOp.DIVIDE, dy, count));
  }
}
