package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import io.auxgrad.kernels.cpu.simd.CrossEntropyLoops.Problem;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link CrossEntropyLoops} on blocks of rows, pass by pass as in {@link SoftmaxVectors}. */
final class CrossEntropyVectors {
  private final Problem p;
  private final float[] max;
  private final float[] sums;
  private final float[] weights;

  private CrossEntropyVectors(Problem p) {
    this.p = p;
    int rows = SoftmaxVectors.blockRows(p.classes());
    max = new float[rows];
    weights = new float[rows];
    sums = new float[Math.ceilDiv(rows, COUNT) * COUNT];
  }

  static double rows(Problem p, long lo, long hi) {
    CrossEntropyVectors kernel = new CrossEntropyVectors(p);
    double loss = 0;
    for (long row = lo; row < hi; row += kernel.max.length) {
      loss += kernel.block(row, (int) Math.min(kernel.max.length, hi - row));
    }
    return loss;
  }

  private double block(long first, int n) {
    long g = p.gradientOf(first);
    SoftmaxVectors.run(p.logitsOf(first), p.classes(), n, g, new float[][] {max, max, sums});
    for (int i = 0; i < n; i++) {
      int label = p.label(first + i);
      weights[i] = label == p.ignore() ? 0 : p.weight(label);
    }
    finishGradient(first, n, g);
    return loss(first, n);
  }

  /** From exponentials to {@code weight * scale * (softmax - one at the label)}. */
  private void finishGradient(long first, int n, long g) {
    int columns = p.classes();
    int whole = (columns - 1) / COUNT * COUNT;
    VectorMask<Float> tail = Lanes.first(columns - whole);
    for (int row = 0; row < n; row++) {
      long at = g + 4L * row * columns;
      if (weights[row] == 0) {
        // Not by a factor of 0, which would let NaN through.
        Native.clear(at, 4L * columns);
        continue;
      }
      int label = p.label(first + row);
      float factor = weights[row] * p.scale();
      FloatVector scale = broadcast(F, factor / sums[row]);
      for (int i = 0; i < whole; i += COUNT) {
        lessAt(fromMemorySegment(F, ALL, at + 4L * i, ORDER).mul(scale), label - i, factor)
            .intoMemorySegment(ALL, at + 4L * i, ORDER);
      }
      lessAt(
              fromMemorySegment(F, ALL, at + 4L * whole, ORDER, tail).mul(scale),
              label - whole,
              factor)
          .intoMemorySegment(ALL, at + 4L * whole, ORDER, tail);
    }
  }

  /** {@code v} with {@code amount} less in lane {@code lane}, if there is such a lane. */
  private static FloatVector lessAt(FloatVector v, int lane, float amount) {
    return v.blend(v.sub(amount), Lanes.INDEX.compare(VectorOperators.EQ, lane));
  }

  private double loss(long first, int n) {
    for (int i = 0; i < n; i += COUNT) {
      // Lanes behind the last row hold sums of an earlier block, or 0, and are not looked at.
      FloatVector sum = FloatVector.fromArray(F, sums, i);
      // The logarithm is that of ordinary numbers; NaN has to stay NaN.
      VectorMath.log(sum).blend(sum, sum.test(VectorOperators.IS_NAN)).intoArray(sums, i);
    }
    double loss = 0;
    for (int i = 0; i < n; i++) {
      if (weights[i] != 0) {
        float target = getFloat(p.logitsOf(first + i), p.label(first + i));
        loss += weights[i] * ((double) sums[i] + max[i] - target);
      }
    }
    return loss;
  }
}
