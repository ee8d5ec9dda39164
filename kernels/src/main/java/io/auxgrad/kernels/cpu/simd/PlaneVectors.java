package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PlaneLoops} on blocks of as many pixels as a vector has lanes; each returns the first
 * pixel that is left to do. A vector of the result is put together from all vectors of the block,
 * which pays as long as these are few. The parts meet in memory: a vector that a loop carries from
 * round to round may end up in an object.
 */
final class PlaneVectors {
  /** Up to here it pays. */
  static final int MOST_CHANNELS = 16;

  private static final VectorSpecies<Integer> INTS = F.withLanes(int.class);
  private static final IntVector INDEX = IntVector.zero(INTS).addIndex(1);
  private static final int LOG_COUNT = Integer.numberOfTrailingZeros(COUNT);

  private PlaneVectors() {}

  static int split(long pixels, int channels, int width, long planes) {
    int end = width - width % COUNT;
    for (int c = 0; c < channels; c++) {
      IntVector element = INDEX.mul(channels).add(c);
      IntVector source = element.lanewise(LSHR, LOG_COUNT);
      VectorShuffle<Float> lanes = element.and(COUNT - 1).toShuffle().cast(F);
      long plane = planes + 4L * c * PlaneLoops.stride(width);
      for (int s = 0; s < channels; s++) {
        VectorMask<Float> here = source.compare(EQ, s).cast(F);
        for (int j = 0; j < end; j += COUNT) {
          Lanes.load(pixels, j * channels + s * COUNT)
              .rearrange(lanes)
              .intoMemorySegment(ALL, plane + 4L * j, ORDER, here);
        }
      }
    }
    return end;
  }

  static int join(long planes, int channels, int width, long pixels) {
    int end = width - width % COUNT;
    int stride = PlaneLoops.stride(width);
    for (int s = 0; s < channels; s++) {
      IntVector element = INDEX.add(s * COUNT);
      IntVector pixel = quotient(element, channels);
      IntVector source = element.sub(pixel.mul(channels));
      VectorShuffle<Float> lanes = pixel.toShuffle().cast(F);
      for (int c = 0; c < channels; c++) {
        VectorMask<Float> here = source.compare(EQ, c).cast(F);
        for (int j = 0; j < end; j += COUNT) {
          Lanes.load(planes, c * stride + j)
              .rearrange(lanes)
              .intoMemorySegment(ALL, pixels + 4L * (j * channels + s * COUNT), ORDER, here);
        }
      }
    }
    return end;
  }

  /** Of small numbers: half a unit is far more than what the product may be off by. */
  private static IntVector quotient(IntVector dividend, int divisor) {
    FloatVector middle = ((FloatVector) dividend.convert(I2F, 0)).add(0.5f);
    return (IntVector) middle.mul(1f / divisor).convert(F2I, 0);
  }
}
