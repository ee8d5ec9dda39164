package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.PlanarCosineLoops.SHORTEST;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LT;

import io.auxgrad.kernels.cpu.simd.PlanarCosineLoops.Problem;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link PlanarCosineLoops} on vectors of pixels. */
final class PlanarCosineVectors {
  private PlanarCosineVectors() {}

  /** The losses take the place of {@code valid}. */
  static double row(Problem p, long prediction, long target, long valid) {
    for (int j = 0; j < p.width(); j += COUNT) {
      FloatVector dot = FloatVector.zero(F);
      FloatVector square = dot;
      for (int c = 0; c < p.length(); c++) {
        FloatVector v = Lanes.load(p.plane(prediction, c), j);
        dot = v.fma(Lanes.load(p.plane(target, c), j), dot);
        square = v.fma(v, square);
      }
      FloatVector norm = square.sqrt();
      FloatVector inverse =
          Lanes.broadcast(1).div(norm.blend(SHORTEST, norm.compare(LT, SHORTEST)));
      FloatVector cosine = dot.mul(inverse);
      VectorMask<Float> none = Lanes.load(valid, j).compare(EQ, 0f);
      if (p.withGradient()) {
        FloatVector radial = cosine.mul(inverse).blend(0f, norm.compare(LT, SHORTEST));
        FloatVector scale = inverse.mul(p.scale());
        for (int c = 0; c < p.length(); c++) {
          FloatVector v = Lanes.load(p.plane(prediction, c), j);
          FloatVector slope = radial.mul(v).sub(Lanes.load(p.plane(target, c), j));
          Lanes.store(slope.mul(scale).blend(0f, none), p.plane(prediction, c), j);
        }
      }
      Lanes.store(Lanes.broadcast(1).sub(cosine).blend(0f, none), valid, j);
    }
    return sum(valid, p.width());
  }

  // Without vectors: where the JVM compiles it into the rows before it has seen it run, it would
  // put them into objects for good.
  private static double sum(long losses, int n) {
    double sum = 0;
    for (int lane = 0; lane < Lanes.DOUBLES; lane++) {
      double low = 0;
      double high = 0;
      for (int j = lane; j < n + lane; j += COUNT) {
        low += Native.getFloat(losses, j);
        high += Native.getFloat(losses, j + Lanes.DOUBLES);
      }
      sum += low + high;
    }
    return sum;
  }
}
