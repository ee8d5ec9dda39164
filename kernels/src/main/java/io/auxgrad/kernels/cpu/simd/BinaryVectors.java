package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.tensor.ops.BinaryOp;
import jdk.incubator.vector.FloatVector;

/**
 * Element-wise functions of two arguments on whole vectors, one loop each as in {@link
 * UnaryVectors}.
 */
final class BinaryVectors {
  private BinaryVectors() {}

  /** Two arrays; returns the first element that is left to do. */
  static int arrays(BinaryOp op, long a, long b, long y, int n) {
    int end = n - n % COUNT;
    switch (op) {
      case ADD -> add(a, b, y, end);
      case SUBTRACT -> subtract(a, b, y, end);
      case MULTIPLY -> multiply(a, b, y, end);
      case DIVIDE -> divide(a, b, y, end);
      case MAXIMUM -> maximum(a, b, y, end);
      case MINIMUM -> minimum(a, b, y, end);
    }
    return end;
  }

  /** An array and a number; returns the first element that is left to do. */
  static int scalarRight(BinaryOp op, long a, float b, long y, int n) {
    int end = n - n % COUNT;
    FloatVector v = broadcast(b);
    switch (op) {
      case ADD -> add(a, v, y, end);
      case SUBTRACT -> subtract(a, v, y, end);
      case MULTIPLY -> multiply(a, v, y, end);
      case DIVIDE -> divide(a, v, y, end);
      case MAXIMUM -> maximum(a, v, y, end);
      case MINIMUM -> minimum(a, v, y, end);
    }
    return end;
  }

  /** A number and an array; returns the first element that is left to do. */
  static int scalarLeft(BinaryOp op, float a, long b, long y, int n) {
    int end = n - n % COUNT;
    FloatVector v = broadcast(a);
    switch (op) {
      case SUBTRACT -> subtract(v, b, y, end);
      case DIVIDE -> divide(v, b, y, end);
      case ADD, MULTIPLY, MAXIMUM, MINIMUM -> scalarRight(op, b, a, y, end);
    }
    return end;
  }

  private static void add(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).add(load(b, i)), y, i);
    }
  }

  private static void subtract(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).sub(load(b, i)), y, i);
    }
  }

  private static void multiply(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).mul(load(b, i)), y, i);
    }
  }

  private static void divide(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).div(load(b, i)), y, i);
    }
  }

  private static void maximum(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).max(load(b, i)), y, i);
    }
  }

  private static void minimum(long a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).min(load(b, i)), y, i);
    }
  }

  private static void add(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).add(b), y, i);
    }
  }

  private static void subtract(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).sub(b), y, i);
    }
  }

  private static void multiply(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).mul(b), y, i);
    }
  }

  private static void divide(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).div(b), y, i);
    }
  }

  private static void maximum(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).max(b), y, i);
    }
  }

  private static void minimum(long a, FloatVector b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(load(a, i).min(b), y, i);
    }
  }

  private static void subtract(FloatVector a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(a.sub(load(b, i)), y, i);
    }
  }

  private static void divide(FloatVector a, long b, long y, int n) {
    for (int i = 0; i < n; i += COUNT) {
      store(a.div(load(b, i)), y, i);
    }
  }
}
