package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link PlaneLoops} that round as {@link ResizeVectors} do: once for each product and sum. */
final class PlaneVectors {
  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);

  private PlaneVectors() {}

  static void mix(long plane, int[] left, int[] right, float[] weight, long out) {
    for (int j = mixBlocks(plane, left, right, weight, out); j < left.length; j++) {
      float v = getFloat(plane, left[j]);
      putFloat(out, j, Math.fma(getFloat(plane, right[j]) - v, weight[j], v));
    }
  }

  /**
   * Mixes a vector of pixels while all lie between neighbours that are found in one vector, as they
   * are in a finer row but for its last pixels; returns the first that is left to do.
   */
  private static int mixBlocks(long plane, int[] left, int[] right, float[] weight, long out) {
    int j = 0;
    for (; j + COUNT <= left.length; j += COUNT) {
      int first = left[j];
      int last = j + COUNT - 1;
      if (left[last] - first >= COUNT || left[last] == right[last]) {
        break;
      }
      IntVector lane = IntVector.fromArray(INTS, left, j).sub(first);
      FloatVector v = select(lane, plane, first);
      FloatVector u = select(lane, plane, first + 1);
      Lanes.store(u.sub(v).fma(FloatVector.fromArray(F, weight, j), v), out, j);
    }
    return j;
  }

  // By numbers of lanes as they are: a shuffle made of them was an object in one of six starts.
  private static FloatVector select(IntVector lane, long plane, int first) {
    return lane.selectFrom(IntVector.fromMemorySegment(INTS, ALL, plane + 4L * first, ORDER))
        .reinterpretAsFloats();
  }

  static void sum(long plane, int[] starts, int[] pixels, float[] weights, long out) {
    for (int j = 0; j + 1 < starts.length; j++) {
      float sum = 0;
      for (int k = starts[j]; k < starts[j + 1]; k++) {
        sum = Math.fma(getFloat(plane, pixels[k]), weights[k], sum);
      }
      putFloat(out, j, sum);
    }
  }
}
