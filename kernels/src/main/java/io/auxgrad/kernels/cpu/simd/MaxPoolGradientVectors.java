package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

import io.auxgrad.kernels.cpu.simd.MaxPoolGradientLoops.Windows;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link MaxPoolGradientLoops} on whole vectors; each returns the first element left to do. */
final class MaxPoolGradientVectors {
  private static final VectorSpecies<Integer> I = F.withLanes(int.class);
  // There are no vectors of 4 bytes.
  private static final VectorSpecies<Byte> B =
      COUNT < 8 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * COUNT));

  private MaxPoolGradientVectors() {}

  static int collectRows(
      long[] dys,
      long[] positions,
      int[] rows,
      int taps,
      int kernel,
      int n,
      long sums,
      long columns) {
    int end = B == null ? 0 : n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      IntVector column = IntVector.broadcast(I, -1);
      for (int t = 0; t < taps; t++) {
        IntVector found = position(positions[t] + i).sub(rows[t] * kernel);
        VectorMask<Integer> here = found.compare(VectorOperators.ULT, kernel);
        sum = sum.add(load(dys[t], i), here.cast(F));
        column = column.blend(found, here);
      }
      store(sum, sums, i);
      store(column.reinterpretAsFloats(), columns, i);
    }
    return end;
  }

  /** The same loop for gradients in bfloat16; one for both would put its vectors into objects. */
  static int collectBfloat16(
      long[] dys,
      long[] positions,
      int[] rows,
      int taps,
      int kernel,
      int n,
      long sums,
      long columns) {
    int end = B == null ? 0 : n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      IntVector column = IntVector.broadcast(I, -1);
      for (int t = 0; t < taps; t++) {
        IntVector found = position(positions[t] + i).sub(rows[t] * kernel);
        VectorMask<Integer> here = found.compare(VectorOperators.ULT, kernel);
        sum = sum.add(Bfloat16.load(dys[t], i), here.cast(F));
        column = column.blend(found, here);
      }
      store(sum, sums, i);
      store(column.reinterpretAsFloats(), columns, i);
    }
    return end;
  }

  /** Returns the first channel that is left to do, in each pixel. */
  static int collectPixels(
      long sums, long columns, Windows windows, int channels, int width, long dx) {
    int end = channels - channels % COUNT;
    int step = windows.spec().stride();
    for (int w = 0; w < width; w++) {
      int place = windows.place(w);
      int from = windows.first(w) * channels;
      int taps = windows.count(w);
      long sumsHere = sums + 4L * from;
      long columnsHere = columns + 4L * from;
      long target = dx + 4L * w * channels;
      if (taps == 5) {
        collectFive(sumsHere, columnsHere, channels, place, step, end, target);
      } else {
        collect(sumsHere, columnsHere, taps, channels, place, step, end, target);
      }
    }
    return end;
  }

  private static void collect(
      long sums, long columns, int taps, int channels, int place, int step, int end, long dx) {
    for (int c = 0; c < end; c += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      int wanted = place;
      int at = c;
      for (int t = 0; t < taps; t++) {
        sum = sum.add(load(sums, at), isAt(columns, at, wanted));
        wanted -= step;
        at += channels;
      }
      store(sum, dx, c);
    }
  }

  // The usual window: with a loop over taps inside, the compiler neither unrolls the loop over
  // channels nor takes the checks of addresses out of it.
  private static void collectFive(
      long sums, long columns, int channels, int place, int step, int end, long dx) {
    long pixel = 4L * channels;
    long sums1 = sums + pixel;
    long sums2 = sums1 + pixel;
    long sums3 = sums2 + pixel;
    long sums4 = sums3 + pixel;
    long columns1 = columns + pixel;
    long columns2 = columns1 + pixel;
    long columns3 = columns2 + pixel;
    long columns4 = columns3 + pixel;
    int place1 = place - step;
    int place2 = place1 - step;
    int place3 = place2 - step;
    int place4 = place3 - step;
    for (int c = 0; c < end; c += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      sum = sum.add(load(sums, c), isAt(columns, c, place));
      sum = sum.add(load(sums1, c), isAt(columns1, c, place1));
      sum = sum.add(load(sums2, c), isAt(columns2, c, place2));
      sum = sum.add(load(sums3, c), isAt(columns3, c, place3));
      sum = sum.add(load(sums4, c), isAt(columns4, c, place4));
      store(sum, dx, c);
    }
  }

  private static VectorMask<Float> isAt(long columns, int c, int place) {
    return load(columns, c).reinterpretAsInts().compare(VectorOperators.EQ, place).cast(F);
  }

  private static IntVector position(long address) {
    return (IntVector)
        ByteVector.fromMemorySegment(B, Native.ALL, address, Lanes.ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
  }
}
