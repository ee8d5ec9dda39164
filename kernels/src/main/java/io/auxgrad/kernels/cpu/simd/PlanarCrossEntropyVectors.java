package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.D;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.getInt;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

import io.auxgrad.kernels.cpu.simd.PlanarCrossEntropyLoops.Problem;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PlanarCrossEntropyLoops} on vectors of pixels, pass by pass as in {@link SoftmaxVectors}.
 * Lanes behind the last pixel are left out like ignored ones.
 */
final class PlanarCrossEntropyVectors {
  private interface Pass {
    void run(Problem p, long logits, long labels, long scratch);
  }

  // Called through one megamorphic place, so that they are not inlined into one method.
  private static final Pass[] PASSES = {
    PlanarCrossEntropyVectors::readLabels,
    PlanarCrossEntropyVectors::weigh,
    PlanarCrossEntropyVectors::findLargest,
    PlanarCrossEntropyVectors::exponentials,
    PlanarCrossEntropyVectors::losses,
    PlanarCrossEntropyVectors::gradient
  };

  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);

  // The planes of scratch.
  private static final int LABEL = 0;
  private static final int WEIGHT = 1;
  private static final int LARGEST = 2;
  private static final int LOSS = 3;
  private static final int SUM = 4;

  /** In the label plane, of pixels that are left out. */
  private static final float NONE = -1;

  private PlanarCrossEntropyVectors() {}

  static double row(Problem p, long logits, long labels, long scratch) {
    for (int pass = 0; pass < (p.withGradient() ? PASSES.length : PASSES.length - 1); pass++) {
      PASSES[pass].run(p, logits, labels, scratch);
    }
    return sumOfLosses(p, scratch);
  }

  private static void readLabels(Problem p, long logits, long labels, long scratch) {
    long label = p.plane(scratch, LABEL);
    int whole = p.width() - p.width() % COUNT;
    for (int j = 0; j < whole; j += COUNT) {
      IntVector v = IntVector.fromMemorySegment(INTS, ALL, labels + 4L * j, ORDER);
      VectorMask<Float> ignored = v.compare(EQ, p.ignore()).cast(F);
      FloatVector number = (FloatVector) v.convert(I2F, 0);
      Lanes.store(number.blend(NONE, ignored), label, j);
    }
    for (int j = whole; j < PlaneLoops.stride(p.width()); j++) {
      boolean counts = j < p.width() && getInt(labels, j) != p.ignore();
      putFloat(label, j, counts ? getInt(labels, j) : NONE);
    }
  }

  private static void weigh(Problem p, long logits, long labels, long scratch) {
    long label = p.plane(scratch, LABEL);
    long weight = p.plane(scratch, WEIGHT);
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector l = Lanes.load(label, j);
      FloatVector w = FloatVector.zero(F);
      if (p.weights() == 0) {
        w = w.blend(1f, l.compare(GE, 0f));
      } else {
        for (int k = 0; k < p.classes(); k++) {
          w = w.blend(getFloat(p.weights(), k), l.compare(EQ, k));
        }
      }
      Lanes.store(w, weight, j);
    }
  }

  /** The largest logit, and as a first part of the loss by how much the label's own is below. */
  private static void findLargest(Problem p, long logits, long labels, long scratch) {
    long label = p.plane(scratch, LABEL);
    long largest = p.plane(scratch, LARGEST);
    long loss = p.plane(scratch, LOSS);
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector l = Lanes.load(label, j);
      FloatVector max = Lanes.load(logits, j);
      FloatVector own = max;
      for (int k = 1; k < p.classes(); k++) {
        FloatVector v = Lanes.load(p.plane(logits, k), j);
        own = own.blend(v, l.compare(EQ, k));
        max = Lanes.larger(max, v);
      }
      Lanes.store(max, largest, j);
      Lanes.store(max.sub(own), loss, j);
    }
  }

  private static void exponentials(Problem p, long logits, long labels, long scratch) {
    long largest = p.plane(scratch, LARGEST);
    long sum = p.plane(scratch, SUM);
    UpdateVectors.fill(sum, 0, PlaneLoops.stride(p.width()));
    for (int k = 0; k < p.classes(); k++) {
      long plane = p.plane(logits, k);
      for (int j = 0; j < p.width(); j += COUNT) {
        FloatVector below = Lanes.load(plane, j).sub(Lanes.load(largest, j));
        FloatVector e = VectorMath.expOfNegative(below);
        Lanes.store(e, plane, j);
        Lanes.store(Lanes.load(sum, j).add(e), sum, j);
      }
    }
  }

  private static void losses(Problem p, long logits, long labels, long scratch) {
    long sum = p.plane(scratch, SUM);
    long loss = p.plane(scratch, LOSS);
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector s = Lanes.load(sum, j);
      FloatVector rest = Lanes.load(loss, j);
      FloatVector log = VectorMath.log(s).blend(s, s.test(IS_NAN));
      // Behind so much the compiler looks into the vectors' own methods only.
      log.add(rest).intoMemorySegment(ALL, loss + 4L * j, ORDER);
    }
  }

  /** From exponentials to {@code weight * scale * (softmax - one at the label)}. */
  private static void gradient(Problem p, long logits, long labels, long scratch) {
    long label = p.plane(scratch, LABEL);
    long weight = p.plane(scratch, WEIGHT);
    long sum = p.plane(scratch, SUM);
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector l = Lanes.load(label, j);
      FloatVector w = Lanes.load(weight, j);
      FloatVector factor = w.mul(p.scale());
      FloatVector scale = factor.div(Lanes.load(sum, j));
      VectorMask<Float> none = w.compare(EQ, 0f);
      for (int k = 0; k < p.classes(); k++) {
        long plane = p.plane(logits, k);
        FloatVector g = Lanes.load(plane, j).mul(scale);
        Lanes.store(g.sub(factor, l.compare(EQ, k)).blend(0f, none), plane, j);
      }
    }
  }

  private static double sumOfLosses(Problem p, long scratch) {
    long weight = p.plane(scratch, WEIGHT);
    long loss = p.plane(scratch, LOSS);
    DoubleVector low = DoubleVector.zero(D);
    DoubleVector high = low;
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector w = Lanes.load(weight, j);
      // Not by a weight of 0, which would let NaN through.
      FloatVector counted = Lanes.load(loss, j).mul(w).blend(0f, w.compare(EQ, 0f));
      low = low.add(counted.convertShape(F2D, D, 0));
      high = high.add(counted.convertShape(F2D, D, 1));
    }
    return Lanes.sum(low.add(high));
  }
}
