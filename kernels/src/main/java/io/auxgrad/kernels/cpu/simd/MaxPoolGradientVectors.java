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
      for (int c = 0; c < end; c += COUNT) {
        FloatVector sum = FloatVector.zero(F);
        int wanted = place;
        int at = from + c;
        for (int t = 0; t < taps; t++) {
          IntVector columnsHere = load(columns, at).reinterpretAsInts();
          VectorMask<Integer> here = columnsHere.compare(VectorOperators.EQ, wanted);
          sum = sum.add(load(sums, at), here.cast(F));
          wanted -= step;
          at += channels;
        }
        store(sum, dx, w * channels + c);
      }
    }
    return end;
  }

  private static IntVector position(long address) {
    return (IntVector)
        ByteVector.fromMemorySegment(B, Native.ALL, address, Lanes.ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
  }
}
