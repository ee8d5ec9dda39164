package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;
import static jdk.incubator.vector.VectorOperators.LE;

import io.auxgrad.tensor.ops.UnaryOp;
import jdk.incubator.vector.FloatVector;

/**
 * Element-wise functions on whole vectors. One loop per function: a loop shared through an
 * interface would box its vectors as soon as it has seen three functions.
 */
final class UnaryVectors {
  private UnaryVectors() {}

  /** Returns the first element that is left to do. */
  static int apply(UnaryOp op, long x, long y, int n) {
    int end = n - n % COUNT;
    switch (op) {
      case NEGATE -> negate(x, y, end);
      case ABS -> abs(x, y, end);
      case SQUARE -> square(x, y, end);
      case SQRT -> sqrt(x, y, end);
      case RECIPROCAL -> reciprocal(x, y, end);
      case EXP -> exp(x, y, end);
      case LOG -> log(x, y, end);
      case RELU -> relu(x, y, end);
      case RELU6 -> relu6(x, y, end);
      case LEAKY_RELU -> leakyRelu(x, y, end);
      case SIGMOID -> sigmoid(x, y, end);
      case TANH -> tanh(x, y, end);
      case SILU -> silu(x, y, end);
      case SOFTPLUS -> softplus(x, y, end);
      case HARD_SWISH -> hardSwish(x, y, end);
    }
    return end;
  }

  private static void negate(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.neg(), to, i);
    }
  }

  private static void abs(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.abs(), to, i);
    }
  }

  private static void square(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.mul(x), to, i);
    }
  }

  private static void sqrt(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.sqrt(), to, i);
    }
  }

  private static void reciprocal(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(broadcast(1f).div(x), to, i);
    }
  }

  private static void exp(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(VectorMath.exp(x), to, i);
    }
  }

  private static void log(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(VectorMath.log(x), to, i);
    }
  }

  private static void relu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.max(0f), to, i);
    }
  }

  private static void relu6(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.max(0f).min(6f), to, i);
    }
  }

  private static void leakyRelu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.blend(x.mul(0.01f), x.compare(LE, 0f)), to, i);
    }
  }

  private static void sigmoid(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(VectorMath.sigmoid(x), to, i);
    }
  }

  private static void tanh(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(VectorMath.tanh(x), to, i);
    }
  }

  private static void silu(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.mul(VectorMath.sigmoid(x)), to, i);
    }
  }

  private static void softplus(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(VectorMath.softplus(x), to, i);
    }
  }

  private static void hardSwish(long from, long to, int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector x = load(from, i);
      store(x.mul(x.add(3f).max(0f).min(6f)).div(6f), to, i);
    }
  }
}
