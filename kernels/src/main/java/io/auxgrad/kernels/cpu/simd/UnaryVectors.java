package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.LE;

import io.auxgrad.tensor.ops.UnaryOp;
import java.util.EnumMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Element-wise functions on whole vectors, one loop per function, called through one megamorphic
 * place: a loop shared by functions, or many loops inlined into one method, would exceed what the
 * compiler inlines, and vectors would be boxed.
 */
final class UnaryVectors {
  private interface Loop {
    void run(long from, long to, int n);
  }

  /**
   * Functions of several steps take this many elements at a time, which stay in the first-level
   * cache.
   */
  private static final int BLOCK = 2048;

  private static final EnumMap<UnaryOp, Loop[]> LOOPS = new EnumMap<>(UnaryOp.class);

  static {
    define(UnaryOp.NEGATE, UnaryVectors::negate);
    define(UnaryOp.ABS, UnaryVectors::abs);
    define(UnaryOp.SQUARE, UnaryVectors::square);
    define(UnaryOp.SQRT, UnaryVectors::sqrt);
    define(UnaryOp.RECIPROCAL, UnaryVectors::reciprocal);
    define(UnaryOp.EXP, UnaryVectors::exp);
    define(UnaryOp.LOG, UnaryVectors::log);
    define(UnaryOp.RELU, UnaryVectors::relu);
    define(UnaryOp.RELU6, UnaryVectors::relu6);
    define(UnaryOp.LEAKY_RELU, UnaryVectors::leakyRelu);
    define(UnaryOp.SIGMOID, UnaryVectors::sigmoid);
    define(UnaryOp.TANH, UnaryVectors::tanhStart, UnaryVectors::tanhEnd);
    define(UnaryOp.SILU, UnaryVectors::silu);
    define(UnaryOp.SOFTPLUS, UnaryVectors::softplusStart, UnaryVectors::softplusEnd);
    define(UnaryOp.HARD_SWISH, UnaryVectors::hardSwish);
  }

  private UnaryVectors() {}

  private static void define(UnaryOp op, Loop... steps) {
    LOOPS.put(op, steps);
  }

  /** Returns the first element that is left to do. */
  static int apply(UnaryOp op, long x, long y, int n) {
    int end = n - n % COUNT;
    Loop[] steps = LOOPS.get(op);
    for (int i = 0; i < end; i += BLOCK) {
      for (Loop step : steps) {
        step.run(x + 4L * i, y + 4L * i, Math.min(BLOCK, end - i));
      }
    }
    return end;
  }

  private static void negate(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.neg().intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void abs(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.abs().intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void square(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.mul(x).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void sqrt(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.sqrt().intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void reciprocal(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      broadcast(F, 1f).div(x).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void exp(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      VectorMath.exp(x).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void log(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      if (VectorMath.allOrdinary(x)) {
        VectorMath.log(x).intoMemorySegment(ALL, to + 4L * i, ORDER);
      } else {
        UnaryLoops.plain(UnaryOp.LOG, from + 4L * i, to + 4L * i, COUNT);
      }
    }
  }

  private static void relu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.max(0f).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void relu6(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      VectorMath.clamp(x, 0f, 6f).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void leakyRelu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.blend(x.mul(0.01f), x.compare(LE, 0f)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void sigmoid(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      VectorMath.sigmoid(x).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void silu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.mul(VectorMath.sigmoid(x)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void hardSwish(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.mul(VectorMath.clamp(x.add(3f), 0f, 6f))
          .mul(1 / 6f)
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  private static void softplusStart(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      VectorMath.expOfNegative(x.abs().neg()).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** From {@code t = e^-|x|} to {@code max(x, 0) + ln(1 + t)}. */
  private static void softplusEnd(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector t = fromMemorySegment(F, ALL, to + 4L * i, ORDER);
      FloatVector u = t.add(1f);
      FloatVector log = VectorMath.log(u);
      // What 1 + t has lost of t is added to first order.
      FloatVector lost = t.sub(u.sub(1f)).div(u);
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      x.max(0f).add(log.add(lost)).intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /** {@code 1 - 2 / (e^2|x| + 1)}, which loses digits near 0. */
  private static void tanhStart(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector size = fromMemorySegment(F, ALL, from + 4L * i, ORDER).abs();
      FloatVector e = VectorMath.expOfSmall(VectorMath.clamp(size.add(size), 0f, 87f));
      FloatVector large = broadcast(F, 1f).sub(broadcast(F, 2f).div(e.add(1f)));
      large.intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }

  /**
   * A polynomial (Moshier's Cephes) near 0, elsewhere what {@link #tanhStart} has left, with the
   * sign.
   */
  private static void tanhEnd(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = fromMemorySegment(F, ALL, from + 4L * i, ORDER);
      FloatVector z = x.mul(x);
      FloatVector p = broadcast(F, -0.0057049887f);
      p = p.fma(z, broadcast(F, 0.020639088f));
      p = p.fma(z, broadcast(F, -0.053739715f));
      p = p.fma(z, broadcast(F, 0.13331442f));
      p = p.fma(z, broadcast(F, -0.3333328f));
      FloatVector small = p.mul(z).fma(x, x);
      FloatVector large = fromMemorySegment(F, ALL, to + 4L * i, ORDER);
      FloatVector signed = large.blend(large.neg(), x.compare(VectorOperators.LT, 0f));
      small
          .blend(signed, x.abs().compare(VectorOperators.GE, 0.625f))
          .intoMemorySegment(ALL, to + 4L * i, ORDER);
    }
  }
}
