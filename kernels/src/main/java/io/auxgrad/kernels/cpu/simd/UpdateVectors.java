package io.auxgrad.kernels.cpu.simd;

import static io.auxgrad.kernels.cpu.simd.Lanes.COUNT;
import static io.auxgrad.kernels.cpu.simd.Lanes.F;
import static io.auxgrad.kernels.cpu.simd.Lanes.ORDER;
import static io.auxgrad.kernels.cpu.simd.Native.ALL;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/** {@link UpdateLoops} on whole vectors; each returns the first element that is left to do. */
final class UpdateVectors {
  private UpdateVectors() {}

  static int accumulate(long target, long x, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      fromMemorySegment(F, ALL, target + 4L * i, ORDER)
          .add(fromMemorySegment(F, ALL, x + 4L * i, ORDER))
          .intoMemorySegment(ALL, target + 4L * i, ORDER);
    }
    return end;
  }

  static int scaleAndAdd(long x, long factors, long sum, int n) {
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      FloatVector product =
          fromMemorySegment(F, ALL, x + 4L * i, ORDER)
              .mul(fromMemorySegment(F, ALL, factors + 4L * i, ORDER));
      product.intoMemorySegment(ALL, x + 4L * i, ORDER);
      fromMemorySegment(F, ALL, sum + 4L * i, ORDER)
          .add(product)
          .intoMemorySegment(ALL, sum + 4L * i, ORDER);
    }
    return end;
  }

  static int affine(long x, float scale, float shift, long y, int n) {
    FloatVector a = broadcast(F, scale);
    FloatVector b = broadcast(F, shift);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      fromMemorySegment(F, ALL, x + 4L * i, ORDER)
          .mul(a)
          .add(b)
          .intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return end;
  }

  static int scale(long x, float factor, int n) {
    FloatVector a = broadcast(F, factor);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      fromMemorySegment(F, ALL, x + 4L * i, ORDER).mul(a).intoMemorySegment(ALL, x + 4L * i, ORDER);
    }
    return end;
  }

  static int average(long average, long x, float decay, int n) {
    FloatVector a = broadcast(F, decay);
    FloatVector b = broadcast(F, 1 - decay);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      fromMemorySegment(F, ALL, average + 4L * i, ORDER)
          .mul(a)
          .add(fromMemorySegment(F, ALL, x + 4L * i, ORDER).mul(b))
          .intoMemorySegment(ALL, average + 4L * i, ORDER);
    }
    return end;
  }

  static int fill(long x, float value, int n) {
    FloatVector v = broadcast(F, value);
    int end = n - n % COUNT;
    for (int i = 0; i < end; i += COUNT) {
      v.intoMemorySegment(ALL, x + 4L * i, ORDER);
    }
    return end;
  }
}
