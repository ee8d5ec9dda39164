package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.auxgrad.tensor.ops.UnaryOp;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of the element-wise functions on whole vectors, one loop each as in {@link
 * UnaryVectors}.
 */
final class UnaryGradientVectors {
  private UnaryGradientVectors() {}

  /** Returns the first element that is left to do. */
  static int apply(UnaryOp op, long dy, long at, long dx, int n) {
    int end = n - n % COUNT;
    switch (op) {
      case NEGATE -> UnaryVectors.apply(op, dy, dx, end);
      case ABS -> abs(dy, at, dx, end);
      case SQUARE -> square(dy, at, dx, end);
      case SQRT -> sqrt(dy, at, dx, end);
      case RECIPROCAL -> reciprocal(dy, at, dx, end);
      case EXP -> exp(dy, at, dx, end);
      case LOG -> log(dy, at, dx, end);
      case RELU -> relu(dy, at, dx, end);
      case RELU6 -> relu6(dy, at, dx, end);
      case LEAKY_RELU -> leakyRelu(dy, at, dx, end);
      case SIGMOID -> sigmoid(dy, at, dx, end);
      case TANH -> tanh(dy, at, dx, end);
      case SILU -> silu(dy, at, dx, end);
      case SOFTPLUS -> softplus(dy, at, dx, end);
      case HARD_SWISH -> hardSwish(dy, at, dx, end);
    }
    return end;
  }

  private static void abs(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(broadcast(0f).blend(-1f, a.compare(LT, 0f)).blend(1f, a.compare(GT, 0f))), dx, i);
    }
  }

  private static void square(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(a.add(a)), dx, i);
    }
  }

  private static void sqrt(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(broadcast(0.5f).div(a)), dx, i);
    }
  }

  private static void reciprocal(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(a.mul(a).neg()), dx, i);
    }
  }

  private static void exp(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(a), dx, i);
    }
  }

  private static void log(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.div(a), dx, i);
    }
  }

  private static void relu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(broadcast(0f).blend(g, a.compare(GT, 0f)), dx, i);
    }
  }

  private static void relu6(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(broadcast(0f).blend(g, a.compare(GT, 0f).and(a.compare(LT, 6f))), dx, i);
    }
  }

  private static void leakyRelu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(0.01f).blend(g, a.compare(GT, 0f)), dx, i);
    }
  }

  private static void sigmoid(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(a.mul(broadcast(1f).sub(a))), dx, i);
    }
  }

  private static void tanh(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(broadcast(1f).sub(a.mul(a))), dx, i);
    }
  }

  private static void silu(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(siluSlope(a)), dx, i);
    }
  }

  private static void softplus(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(VectorMath.sigmoid(a)), dx, i);
    }
  }

  private static void hardSwish(long dy, long at, long dx, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector g = load(dy, i);
      FloatVector a = load(at, i);
      store(g.mul(hardSwishSlope(a)), dx, i);
    }
  }

  private static FloatVector siluSlope(FloatVector x) {
    FloatVector s = VectorMath.sigmoid(x);
    return s.mul(x.mul(broadcast(1f).sub(s)).add(1f));
  }

  private static FloatVector hardSwishSlope(FloatVector x) {
    FloatVector inside = x.add(x).add(3f).div(6f);
    return inside.blend(0f, x.compare(LT, -3f)).blend(1f, x.compare(GT, 3f));
  }
}
