package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.tensor.ops.BinaryOp;

/** Element-wise functions of two arguments, either of which may be one number. */
public final class BinaryLoops {
  private BinaryLoops() {}

  /**
   * {@code y = op(a, b)}.
   *
   * @param stepA 1 for an array, 0 for one number
   * @param stepB 1 for an array, 0 for one number
   */
  public static void apply(BinaryOp op, long a, int stepA, long b, int stepB, long y, int n) {
    for (int i = Simd.available() ? vectors(op, a, stepA, b, stepB, y, n) : 0; i < n; i++) {
      putFloat(y, i, value(op, getFloat(a, (long) stepA * i), getFloat(b, (long) stepB * i)));
    }
  }

  private static int vectors(BinaryOp op, long a, int stepA, long b, int stepB, long y, int n) {
    if (stepA == stepB) {
      // Two single numbers make a single result, which is no vector.
      return stepA == 0 ? 0 : BinaryVectors.arrays(op, a, b, y, n);
    }
    return stepB == 0
        ? BinaryVectors.scalarRight(op, a, getFloat(b, 0), y, n)
        : BinaryVectors.scalarLeft(op, getFloat(a, 0), b, y, n);
  }

  private static float value(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
    };
  }
}
