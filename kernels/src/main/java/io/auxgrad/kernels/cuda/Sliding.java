package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct Sliding} of {@code sliding.cuh}: how a kernel slides over an image, forward or
 * backward. The segment is written anew by each call.
 */
final class Sliding {
  private static final int FIELDS = 18;
  private static final long MOST_TERMS = 1L << 30;

  private final MemorySegment segment = Arena.ofAuto().allocate(4L * FIELDS, 16);
  private int count;

  /** Over {@code x} to {@code y}. */
  MemorySegment forward(Shape x, Shape w, Conv2dSpec spec, Shape y) {
    begin(x, y, w, spec);
    put(spec.strideH(), spec.strideW());
    put(-spec.padH(), -spec.padW());
    put(spec.dilationH(), spec.dilationW());
    put(1, 1);
    return segment;
  }

  /** Over {@code dy} to {@code dx}, with the kernel turned round. */
  MemorySegment backward(Shape dy, Shape w, Conv2dSpec spec, Shape dx) {
    begin(dy, dx, w, spec);
    put(1, 1);
    put(
        spec.padH() - spec.dilationH() * (w.dim(1) - 1),
        spec.padW() - spec.dilationW() * (w.dim(2) - 1));
    put(spec.dilationH(), spec.dilationW());
    put(spec.strideH(), spec.strideW());
    return segment;
  }

  private void begin(Shape source, Shape target, Shape w, Conv2dSpec spec) {
    Pixels.requireCountable("conv2d", source.rows());
    Pixels.requireCountable("conv2d", target.rows());
    requireCountable(w, w.stride(0));
    requireCountable(w, (long) w.dim(0) / spec.groups() * w.dim(1) * w.dim(2));
    count = 0;
    put(source.dim(0), source.dim(1));
    put(source.dim(2), source.dim(3));
    put(target.dim(1), target.dim(2));
    put(target.dim(3), w.dim(1));
    put(w.dim(2), spec.groups());
  }

  /** Kernels tell places in what goes into one sum in 31 bits. */
  private static void requireCountable(Shape w, long terms) {
    if (terms > MOST_TERMS) {
      throw new TensorException(
          "conv2d: sums of %d products, as of weight %s, are too long for the GPU, which takes 2^30; use fewer channels or a smaller kernel"
              .formatted(terms, w));
    }
  }

  private void put(int first, int second) {
    segment.setAtIndex(ValueLayout.JAVA_INT, count++, first);
    segment.setAtIndex(ValueLayout.JAVA_INT, count++, second);
  }
}
