package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;

/** Element-wise ops; those of two arguments broadcast as NumPy does. */
public final class PointwiseGradients {
  private PointwiseGradients() {}

  /** {@code op(x)}. */
  public static Variable unary(UnaryOp op, Variable x) {
    PointwiseOps pointwise = x.backend().pointwise();
    Tensor y = pointwise.unary(op, x.value());
    return Tape.record(
        y,
        saver -> {
          Tensor source =
              switch (op.derivative()) {
                case NOTHING -> null;
                case INPUT -> saver.save(x.value());
                case OUTPUT -> saver.save(y);
              };
          return (dy, into) -> {
            Tensor from = source == null ? dy : source;
            into.add(x, () -> pointwise.unaryBackward(op, dy, from, from));
          };
        },
        x);
  }

  /** {@code dL/dx} of {@code y = activation(x)}; {@code dy} itself for the identity. */
  static Tensor activationBackward(Activation activation, Tensor dy, Tensor y) {
    return switch (activation) {
      case IDENTITY -> dy;
      case RELU -> Backends.of(dy).pointwise().unaryBackward(UnaryOp.RELU, dy, y, y);
      case RELU6 -> Backends.of(dy).pointwise().unaryBackward(UnaryOp.RELU6, dy, y, y);
    };
  }

  /**
   * {@code op(a, b)} in the shape that both broadcast to and the element type of {@code a}. Where
   * {@code a} and {@code b} are equal, maximum and minimum give half of the gradient to each, as
   * PyTorch does.
   */
  public static Variable binary(BinaryOp op, Variable a, Variable b) {
    PointwiseOps pointwise = a.backend().pointwise();
    Tensor y = pointwise.binary(op, a.value(), b.value());
    return Tape.record(
        y,
        saver ->
            switch (op) {
              case ADD ->
                  (dy, into) -> {
                    into.add(a, () -> dy);
                    into.add(b, () -> dy);
                  };
              case SUBTRACT ->
                  (dy, into) -> {
                    into.add(a, () -> dy);
                    into.add(b, () -> pointwise.unary(UnaryOp.NEGATE, dy));
                  };
              case MULTIPLY -> product(pointwise, a, b, saver);
              case DIVIDE -> quotient(pointwise, a, b, y, saver);
              case MAXIMUM -> extremum(pointwise, a, b, 0.5f, saver);
              case MINIMUM -> extremum(pointwise, a, b, -0.5f, saver);
            },
        a,
        b);
  }

  /** {@code scale * x + shift}. */
  public static Variable affine(Variable x, float scale, float shift) {
    PointwiseOps pointwise = x.backend().pointwise();
    Tensor y = pointwise.affine(x.value(), scale, shift);
    return Tape.record(
        y,
        saver -> (dy, into) -> into.add(x, () -> scale == 1 ? dy : pointwise.affine(dy, scale, 0)),
        x);
  }

  /**
   * {@code x} as {@code dtype}, float32 or bfloat16; {@code x} itself if it is that. The gradient
   * is cast back.
   */
  public static Variable cast(Variable x, DType dtype) {
    if (x.dtype() == dtype) {
      return x;
    }
    Tensor y = x.backend().pointwise().cast(x.value(), dtype);
    // The sink casts what arrives to the type of the argument.
    return Tape.record(y, saver -> (dy, into) -> into.add(x, () -> dy), x);
  }

  /**
   * Zeroes each element with probability {@code p} and scales the others by {@code 1/(1-p)};
   * element {@code i} is decided by number {@code i} of the {@link io.auxgrad.tensor.Philox} stream
   * {@code (seed, stream)}.
   */
  public static Variable dropout(Variable x, float p, long seed, Tensor stream) {
    PointwiseOps pointwise = x.backend().pointwise();
    Tensor y = pointwise.dropout(x.value(), p, seed, stream);
    return Tape.record(
        y,
        saver -> {
          Tensor savedStream = saver.save(stream);
          return (dy, into) -> into.add(x, () -> pointwise.dropout(dy, p, seed, savedStream));
        },
        x);
  }

  private static Rule product(PointwiseOps pointwise, Variable a, Variable b, Saver saver) {
    Tensor savedA = saver.saveFor(b, a.value());
    Tensor savedB = saver.saveFor(a, b.value());
    return (dy, into) -> {
      into.add(a, () -> pointwise.binary(BinaryOp.MULTIPLY, dy, savedB));
      into.add(b, () -> pointwise.binary(BinaryOp.MULTIPLY, dy, savedA));
    };
  }

  private static Rule quotient(
      PointwiseOps pointwise, Variable a, Variable b, Tensor y, Saver saver) {
    Tensor savedB = saver.save(b.value());
    Tensor savedY = saver.saveFor(b, y);
    return (dy, into) -> {
      Tensor da = pointwise.binary(BinaryOp.DIVIDE, dy, savedB);
      into.add(a, () -> da);
      into.add(
          b,
          () -> pointwise.unary(UnaryOp.NEGATE, pointwise.binary(BinaryOp.MULTIPLY, da, savedY)));
    };
  }

  // max(a,b) = (a + b + |a-b|) / 2 and min(a,b) = (a + b - |a-b|) / 2; the derivative of |0| is 0.
  private static Rule extremum(
      PointwiseOps pointwise, Variable a, Variable b, float halfSign, Saver saver) {
    Tensor savedA = saver.save(a.value());
    Tensor savedB = saver.save(b.value());
    return (dy, into) -> {
      Tensor difference = pointwise.binary(BinaryOp.SUBTRACT, savedA, savedB);
      Tensor signed =
          pointwise.affine(
              pointwise.unaryBackward(UnaryOp.ABS, dy, difference, difference), halfSign, 0);
      Tensor half = pointwise.affine(dy, 0.5f, 0);
      into.add(a, () -> pointwise.binary(BinaryOp.ADD, half, signed));
      into.add(b, () -> pointwise.binary(BinaryOp.SUBTRACT, half, signed));
    };
  }
}
