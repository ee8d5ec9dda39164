package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.UnaryOp;

/** Element-wise functions of one argument and their derivatives. */
public final class UnaryLoops {
  private UnaryLoops() {}

  /** {@code y = op(x)}, which must not be the same array. */
  public static void apply(UnaryOp op, long x, long y, int n) {
    int done = Simd.available() ? UnaryVectors.apply(op, x, y, n) : 0;
    plain(op, x + 4L * done, y + 4L * done, n - done);
  }

  static void plain(UnaryOp op, long x, long y, int n) {
    for (int i = 0; i < n; i++) {
      putFloat(y, i, value(op, getFloat(x, i)));
    }
  }

  /**
   * {@code dx = dy * op'}, with the derivative at {@code at}: inputs or outputs, as {@link
   * UnaryOp#derivative}.
   */
  public static void gradient(UnaryOp op, long dy, long at, long dx, int n) {
    for (int i = Simd.available() ? UnaryGradientVectors.apply(op, dy, at, dx, n) : 0; i < n; i++) {
      putFloat(dx, i, getFloat(dy, i) * slope(op, getFloat(at, i)));
    }
  }

  private static float value(UnaryOp op, float x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SQUARE -> x * x;
      case SQRT -> (float) Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> (float) Math.exp(x);
      case LOG -> (float) Math.log(x);
      case RELU -> Math.max(0, x);
      case RELU6 -> Math.min(6, Math.max(0, x));
      case LEAKY_RELU -> x > 0 ? x : 0.01f * x;
      case SIGMOID -> (float) sigmoid(x);
      case TANH -> (float) Math.tanh(x);
      case SILU -> (float) (x * sigmoid(x));
      case SOFTPLUS -> (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
      case HARD_SWISH -> x * Math.min(6, Math.max(0, x + 3)) / 6;
    };
  }

  /** The derivative, from the input or the output as the op says. */
  private static float slope(UnaryOp op, float at) {
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> Math.signum(at);
      case SQUARE -> 2 * at;
      case SQRT -> 0.5f / at;
      case RECIPROCAL -> -at * at;
      case EXP -> at;
      case LOG -> 1 / at;
      case RELU -> at > 0 ? 1 : 0;
      case RELU6 -> at > 0 && at < 6 ? 1 : 0;
      case LEAKY_RELU -> at > 0 ? 1 : 0.01f;
      case SIGMOID -> at * (1 - at);
      case TANH -> 1 - at * at;
      case SILU -> (float) (sigmoid(at) * (1 + at * (1 - sigmoid(at))));
      case SOFTPLUS -> (float) sigmoid(at);
      case HARD_SWISH -> at < -3 ? 0 : at > 3 ? 1 : (2 * at + 3) / 6;
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
