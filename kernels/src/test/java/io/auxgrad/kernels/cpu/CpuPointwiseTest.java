package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CpuPointwiseTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final Backend backend = Backends.cpu();

  @Test
  void exponentialIsGoodToAUnitInTheLastPlace() {
    assertAccurate(UnaryOp.EXP, Math::exp, -87.3f, 88.7f, 1.1);
  }

  @Test
  void exponentialUnderflowsGradually() {
    float[] x = {-88, -90.5f, -95, -100, -103, -104, -200, -INFINITY, 88.72f, 88.73f, 200, 0};
    float[] y = apply(UnaryOp.EXP, x);
    for (int i = 0; i < x.length; i++) {
      float want = (float) Math.exp(x[i]);
      // A product of subnormals is rounded twice.
      assertEquals(want, y[i], Math.max(2 * Float.MIN_VALUE, Math.ulp(want)), "exp " + x[i]);
    }
  }

  @Test
  void logarithmIsAccurateFromTheSmallestToTheLargestFloat() {
    assertAccurate(UnaryOp.LOG, Math::log, 1e-3f, 3, 1.5);
    assertAccurate(UnaryOp.LOG, Math::log, 3, 1e30f, 1.5);
    float[] odd = {0, -0f, -1, Float.MIN_VALUE, 1e-40f, Float.MIN_NORMAL, INFINITY, Float.NaN, 1};
    float[] y = apply(UnaryOp.LOG, odd);
    for (int i = 0; i < odd.length; i++) {
      assertEquals((float) Math.log(odd[i]), y[i], 1e-5f, "log " + odd[i]);
    }
  }

  @Test
  void sigmoidTanhAndSoftplusAreAccurate() {
    assertAccurate(UnaryOp.SIGMOID, x -> 1 / (1 + Math.exp(-x)), -80, 80, 3);
    assertAccurate(UnaryOp.TANH, Math::tanh, -12, 12, 3);
    assertAccurate(UnaryOp.TANH, Math::tanh, -1e-3f, 1e-3f, 2);
    assertAccurate(UnaryOp.SOFTPLUS, x -> softplus(x), -80, 100, 4);
    assertAccurate(UnaryOp.SILU, x -> x / (1 + Math.exp(-x)), -80, 80, 4);
  }

  @Test
  void saturatedInputsStayInTheirRange() {
    float[] x = {-INFINITY, -1000, -100, 100, 1000, INFINITY};
    assertArrayEquals(new float[] {-1, -1, -1, 1, 1, 1}, apply(UnaryOp.TANH, x));
    assertArrayEquals(new float[] {0, 0, 0, 1, 1, 1}, apply(UnaryOp.SIGMOID, x), 1e-37f);
    assertArrayEquals(
        new float[] {0, 0, 0, 100, 1000, INFINITY}, apply(UnaryOp.SOFTPLUS, x), 1e-37f);
  }

  @Test
  void nanStaysNan() {
    for (UnaryOp op : UnaryOp.values()) {
      for (float v : apply(op, Float.NaN, Float.NaN, Float.NaN)) {
        assertTrue(Float.isNaN(v), op.toString());
      }
    }
  }

  @Test
  void scalingByOneTouchesNothing() {
    try (var _ = TensorScope.open()) {
      // A signalling NaN would come back quiet from a multiplication.
      int pattern = 0x7F800001;
      Tensor t = Tensor.ofInts(backend.memory(), Shape.of(3), pattern, 1, 2);
      Tensor floats = Tensor.empty(backend.memory(), DType.FLOAT32, Shape.of(3));
      floats.setBytes(t.segment());
      backend.pointwise().scaleBy(floats, Tensor.of(backend.memory(), Shape.scalar(), 1));
      assertEquals(pattern, floats.segment().get(java.lang.foreign.ValueLayout.JAVA_INT, 0));
    }
  }

  @Test
  void castsRoundClampAndKeepNan() {
    float[] x = {-1.5f, -1, 0.5f, 1.5f, 2.5f, 254.6f, 300, Float.NaN, 1e20f, 1.0039062f};
    try (var _ = TensorScope.open()) {
      Tensor t = Tensor.of(backend.memory(), Shape.of(x.length), x);
      byte[] bytes = backend.pointwise().cast(t, DType.UINT8).toBytes();
      assertArrayEquals(
          new byte[] {0, 0, 0, 2, 2, (byte) 255, (byte) 255, 0, (byte) 255, 1}, bytes);
      int[] ints = backend.pointwise().cast(t, DType.INT32).toInts();
      assertArrayEquals(new int[] {-1, -1, 0, 1, 2, 254, 300, 0, Integer.MAX_VALUE, 1}, ints);
      Tensor brain = backend.pointwise().cast(t, DType.BFLOAT16);
      float[] back = backend.pointwise().cast(brain, DType.FLOAT32).toFloats();
      assertArrayEquals(
          new float[] {-1.5f, -1, 0.5f, 1.5f, 2.5f, 255, 300, Float.NaN, back[8], 1}, back);
      assertEquals(1e20f, back[8], 1e20f / 256);
    }
  }

  @Test
  void broadcastsEveryWay() {
    int[][] shapes = {{4, 1, 6, 1}, {1, 5, 1, 3}, {3}, {6, 1}, {1}, {5, 6, 3}, {4, 5, 6, 3}, {}};
    for (int[] a : shapes) {
      for (int[] b : shapes) {
        assertBroadcast(Shape.of(a), Shape.of(b));
      }
    }
  }

  private void assertBroadcast(Shape a, Shape b) {
    try (var _ = TensorScope.open()) {
      Tensor left = Tensor.of(backend.memory(), a, ramp((int) a.size(), 1));
      Tensor right = Tensor.of(backend.memory(), b, ramp((int) b.size(), 1000));
      float[] got = backend.pointwise().binary(BinaryOp.SUBTRACT, left, right).toFloats();
      Shape out = a.broadcast(b);
      for (int i = 0; i < got.length; i++) {
        float want = offset(a, out, i) - 1000 * offset(b, out, i);
        assertEquals(want, got[i], () -> a + " against " + b);
      }
    }
  }

  private static float[] ramp(int n, float step) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i * step;
    }
    return values;
  }

  private static int offset(Shape s, Shape out, int element) {
    int offset = 0;
    for (int axis = 0; axis < s.rank(); axis++) {
      int along = axis - s.rank();
      int index = (int) (element / out.stride(along) % out.dim(along));
      offset += s.dim(axis) == 1 ? 0 : (int) (index * s.stride(axis));
    }
    return offset;
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private void assertAccurate(
      UnaryOp op, DoubleUnaryOperator reference, float low, float high, double ulps) {
    float[] x = new float[100_003];
    for (int i = 0; i < x.length; i++) {
      x[i] = low + (high - low) * (i / (float) x.length);
    }
    float[] y = apply(op, x);
    for (int i = 0; i < x.length; i++) {
      double want = reference.applyAsDouble(x[i]);
      double error = Math.abs(y[i] - want) / Math.ulp((float) want);
      assertTrue(error <= ulps, op + " " + x[i] + " is " + y[i] + ", off by " + error + " ulp");
    }
  }

  private float[] apply(UnaryOp op, float... x) {
    // Long enough for vectors, whatever is asked.
    float[] padded = java.util.Arrays.copyOf(x, Math.max(x.length, 16) + x.length % 16);
    try (var _ = TensorScope.open()) {
      Tensor t = Tensor.of(backend.memory(), Shape.of(padded.length), padded);
      return java.util.Arrays.copyOf(backend.pointwise().unary(op, t).toFloats(), x.length);
    }
  }
}
