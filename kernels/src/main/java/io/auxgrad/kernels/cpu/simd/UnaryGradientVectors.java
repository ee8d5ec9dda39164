package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.auxgrad.tensor.ops.UnaryOp;
import java.util.EnumMap;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of the element-wise functions on whole vectors, one loop each as in {@link
 * UnaryVectors}.
 */
final class UnaryGradientVectors {
  private interface Loop {
    void run(long dy, long at, long dx, int n);
  }

  private static final EnumMap<UnaryOp, Loop> LOOPS = new EnumMap<>(UnaryOp.class);

  static {
    LOOPS.put(UnaryOp.NEGATE, UnaryGradientVectors::negate);
    LOOPS.put(UnaryOp.ABS, UnaryGradientVectors::abs);
    LOOPS.put(UnaryOp.SQUARE, UnaryGradientVectors::square);
    LOOPS.put(UnaryOp.SQRT, UnaryGradientVectors::sqrt);
    LOOPS.put(UnaryOp.RECIPROCAL, UnaryGradientVectors::reciprocal);
    LOOPS.put(UnaryOp.EXP, UnaryGradientVectors::exp);
    LOOPS.put(UnaryOp.LOG, UnaryGradientVectors::log);
    LOOPS.put(UnaryOp.RELU, UnaryGradientVectors::relu);
    LOOPS.put(UnaryOp.RELU6, UnaryGradientVectors::relu6);
    LOOPS.put(UnaryOp.LEAKY_RELU, UnaryGradientVectors::leakyRelu);
    LOOPS.put(UnaryOp.SIGMOID, UnaryGradientVectors::sigmoid);
    LOOPS.put(UnaryOp.TANH, UnaryGradientVectors::tanh);
    LOOPS.put(UnaryOp.SILU, UnaryGradientVectors::silu);
    LOOPS.put(UnaryOp.SOFTPLUS, UnaryGradientVectors::softplus);
    LOOPS.put(UnaryOp.HARD_SWISH, UnaryGradientVectors::hardSwish);
  }

  private UnaryGradientVectors() {}

  /** Returns the first element that is left to do. */
  static int apply(UnaryOp op, long dy, long at, long dx, int n) {
    int end = n - n % COUNT;
    LOOPS.get(op).run(dy, at, dx, end);
    return end;
  }

  /** {@code at} is not looked at: the derivative is constant. */
  private static void negate(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      g.neg().intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void abs(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(broadcast(F, 0f).blend(-1f, a.compare(LT, 0f)).blend(1f, a.compare(GT, 0f)))
          .intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void square(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(a.add(a)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void sqrt(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(broadcast(F, 0.5f).div(a)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void reciprocal(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(a.mul(a).neg()).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void exp(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(a).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void log(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.div(a).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void relu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      broadcast(F, 0f).blend(g, a.compare(GT, 0f)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void relu6(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      broadcast(F, 0f)
          .blend(g, a.compare(GT, 0f).and(a.compare(LT, 6f)))
          .intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void leakyRelu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(0.01f).blend(g, a.compare(GT, 0f)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void sigmoid(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(a.mul(broadcast(F, 1f).sub(a))).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void tanh(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(broadcast(F, 1f).sub(a.mul(a))).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void silu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(siluSlope(a)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void softplus(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(VectorMath.sigmoid(a)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static void hardSwish(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = fromMemorySegment(F, ALL, dy + 4L * i, ORDER);
      FloatVector a = fromMemorySegment(F, ALL, at + 4L * i, ORDER);
      g.mul(hardSwishSlope(a)).intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
  }

  private static FloatVector siluSlope(FloatVector x) {
    FloatVector s = VectorMath.sigmoid(x);
    return s.mul(x.mul(broadcast(F, 1f).sub(s)).add(1f));
  }

  private static FloatVector hardSwishSlope(FloatVector x) {
    FloatVector inside = x.add(x).add(3f).mul(1 / 6f);
    return inside.blend(0f, x.compare(LT, -3f)).blend(1f, x.compare(GT, 3f));
  }
}
