package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.broadcast;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;

import io.auxgrad.kernels.cpu.simd.CrossEntropyLoops.Problem;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link CrossEntropyLoops} with the classes of a row in vectors, the last under a mask. The
 * logarithms of the rows are taken many at a time.
 */
final class CrossEntropyVectors {
  private final Problem p;
  private final int whole;
  private final VectorMask<Float> tail;
  private final float[] sums;
  private final float[] offsets;
  private final float[] weights;

  private CrossEntropyVectors(Problem p, int rows) {
    this.p = p;
    whole = (p.classes() - 1) / COUNT * COUNT;
    tail = Lanes.first(p.classes() - whole);
    int room = Math.ceilDiv(rows, COUNT) * COUNT;
    sums = new float[room];
    offsets = new float[room];
    weights = new float[room];
  }

  static double rows(Problem p, long lo, long hi) {
    int n = (int) (hi - lo);
    CrossEntropyVectors kernel = new CrossEntropyVectors(p, n);
    if (kernel.whole == 0) {
      kernel.shortRows(lo, n);
    } else {
      kernel.longRows(lo, n);
    }
    return kernel.loss();
  }

  /** Rows of at most one vector stay in it from the logits to the gradient. */
  private void shortRows(long lo, int n) {
    for (int i = 0; i < n; i++) {
      int label = p.label(lo + i);
      if (label == p.ignore()) {
        leaveOut(lo, i);
        continue;
      }
      long x = p.logitsOf(lo + i);
      FloatVector logits = load(x, 0, tail);
      FloatVector max = Lanes.max(broadcast(Float.NEGATIVE_INFINITY).blend(logits, tail));
      FloatVector e = broadcast(0f).blend(VectorMath.expOfNegative(logits.sub(max)), tail);
      FloatVector sum = Lanes.sum(e);
      note(i, label, x, sum, max);
      if (p.gradient() != 0) {
        float factor = weights[i] * p.scale();
        FloatVector g = e.mul(broadcast(factor).div(sum));
        store(lessAt(g, label, factor), p.gradientOf(lo + i), 0, tail);
      }
    }
  }

  private void longRows(long lo, int n) {
    for (int i = 0; i < n; i++) {
      int label = p.label(lo + i);
      if (label == p.ignore()) {
        leaveOut(lo, i);
        continue;
      }
      long x = p.logitsOf(lo + i);
      long g = p.gradientOf(lo + i);
      FloatVector max = SoftmaxVectors.maximum(x, whole, tail);
      FloatVector sum = SoftmaxVectors.exponentials(x, max, whole, tail, g);
      note(i, label, x, sum, max);
      if (g != 0) {
        finishGradient(g, label, weights[i] * p.scale(), sum);
      }
    }
  }

  private void finishGradient(long g, int label, float factor, FloatVector sum) {
    FloatVector scale = broadcast(factor).div(sum);
    for (int k = 0; k < whole; k += COUNT) {
      store(lessAt(load(g, k).mul(scale), label - k, factor), g, k);
    }
    store(lessAt(load(g, whole, tail).mul(scale), label - whole, factor), g, whole, tail);
  }

  /** {@code v} with {@code amount} less in lane {@code lane}, if there is such a lane. */
  private static FloatVector lessAt(FloatVector v, int lane, float amount) {
    return v.blend(v.sub(amount), Lanes.INDEX.compare(VectorOperators.EQ, lane));
  }

  private void leaveOut(long lo, int i) {
    p.leaveOut(lo + i);
    sums[i] = 1;
  }

  private void note(int i, int label, long x, FloatVector sum, FloatVector max) {
    sums[i] = sum.lane(0);
    offsets[i] = max.lane(0) - getFloat(x, label);
    weights[i] = p.weight(label);
  }

  private double loss() {
    double loss = 0;
    float[] lanes = new float[COUNT];
    for (int i = 0; i < sums.length; i += COUNT) {
      FloatVector log = VectorMath.log(FloatVector.fromArray(Lanes.F, sums, i));
      log.add(FloatVector.fromArray(Lanes.F, offsets, i)).intoArray(lanes, 0);
      for (int lane = 0; lane < COUNT; lane++) {
        // Lanes behind the last row have weight 0 but the logarithm of 0.
        loss += weights[i + lane] == 0 ? 0 : (double) weights[i + lane] * lanes[lane];
      }
    }
    return loss;
  }
}
