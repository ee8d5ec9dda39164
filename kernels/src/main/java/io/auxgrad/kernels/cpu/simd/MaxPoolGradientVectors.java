package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.load;
import static io.auxgrad.kernels.cpu.simd.Lanes.store;

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

  static int collectPixels(
      long sums, long columns, int column, int step, int taps, int n, long dx) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector sum = FloatVector.zero(F);
      int wanted = column;
      int at = i;
      for (int t = 0; t < taps; t++) {
        IntVector columnsHere = load(columns, at).reinterpretAsInts();
        VectorMask<Integer> here = columnsHere.compare(VectorOperators.EQ, wanted);
        sum = sum.add(load(sums, at), here.cast(F));
        wanted -= step;
        at += n;
      }
      store(sum, dx, i);
    }
    return end;
  }

  private static IntVector position(long address) {
    return (IntVector)
        ByteVector.fromMemorySegment(B, Native.ALL, address, Lanes.ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
  }
}
