package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.auxgrad.tensor.ops.BinaryOp;
import java.util.EnumMap;
import jdk.incubator.vector.FloatVector;

/**
 * Element-wise functions of two arguments on whole vectors, one loop each as in {@link
 * UnaryVectors}.
 */
final class BinaryVectors {
  private interface Arrays {
    void run(long a, long b, long y, int n);
  }

  private interface ScalarRight {
    void run(long a, float b, long y, int n);
  }

  private interface ScalarLeft {
    void run(float a, long b, long y, int n);
  }

  private static final EnumMap<BinaryOp, Arrays> ARRAYS = new EnumMap<>(BinaryOp.class);
  private static final EnumMap<BinaryOp, ScalarRight> RIGHT = new EnumMap<>(BinaryOp.class);
  private static final EnumMap<BinaryOp, ScalarLeft> LEFT = new EnumMap<>(BinaryOp.class);

  static {
    define(BinaryOp.ADD, BinaryVectors::add, BinaryVectors::add, BinaryVectors::add);
    define(
        BinaryOp.SUBTRACT,
        BinaryVectors::subtract,
        BinaryVectors::subtract,
        BinaryVectors::subtract);
    define(
        BinaryOp.MULTIPLY,
        BinaryVectors::multiply,
        BinaryVectors::multiply,
        BinaryVectors::multiply);
    define(BinaryOp.DIVIDE, BinaryVectors::divide, BinaryVectors::divide, BinaryVectors::divide);
    define(
        BinaryOp.MAXIMUM, BinaryVectors::maximum, BinaryVectors::maximum, BinaryVectors::maximum);
    define(
        BinaryOp.MINIMUM, BinaryVectors::minimum, BinaryVectors::minimum, BinaryVectors::minimum);
  }

  private BinaryVectors() {}

  private static void define(BinaryOp op, Arrays arrays, ScalarRight right, ScalarLeft left) {
    ARRAYS.put(op, arrays);
    RIGHT.put(op, right);
    LEFT.put(op, left);
  }

  /** Two arrays; returns the first element that is left to do. */
  static int arrays(BinaryOp op, long a, long b, long y, int n) {
    int end = n - n % COUNT;
    ARRAYS.get(op).run(a, b, y, end);
    return end;
  }

  /** An array and a number; returns the first element that is left to do. */
  static int scalarRight(BinaryOp op, long a, float b, long y, int n) {
    int end = n - n % COUNT;
    RIGHT.get(op).run(a, b, y, end);
    return end;
  }

  /** A number and an array; returns the first element that is left to do. */
  static int scalarLeft(BinaryOp op, float a, long b, long y, int n) {
    int end = n - n % COUNT;
    LEFT.get(op).run(a, b, y, end);
    return end;
  }

  private static void add(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.add(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void subtract(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.sub(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void multiply(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.mul(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void divide(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.div(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void maximum(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.max(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void minimum(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.min(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void add(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.add(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void subtract(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.sub(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void multiply(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.mul(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void divide(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.div(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void maximum(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.max(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void minimum(long a, float b, long y, int n) {
    FloatVector v = broadcast(F, b);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector u = fromMemorySegment(F, ALL, a + 4L * i, ORDER);
      u.min(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void add(float a, long b, long y, int n) {
    add(b, a, y, n);
  }

  private static void subtract(float a, long b, long y, int n) {
    FloatVector u = broadcast(F, a);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.sub(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void multiply(float a, long b, long y, int n) {
    multiply(b, a, y, n);
  }

  private static void divide(float a, long b, long y, int n) {
    FloatVector u = broadcast(F, a);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector v = fromMemorySegment(F, ALL, b + 4L * i, ORDER);
      u.div(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
  }

  private static void maximum(float a, long b, long y, int n) {
    maximum(b, a, y, n);
  }

  private static void minimum(float a, long b, long y, int n) {
    minimum(b, a, y, n);
  }
}
