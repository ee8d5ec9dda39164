package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.LabelLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.shape.LabelRange;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/** Checks that class labels are in their range, so that no loop reads or counts elsewhere. */
final class Labels {
  private static final int GRAIN = 16384;

  private Labels() {}

  /** Throws with the first label that is neither in {@code [0, classes)} nor {@code ignore}. */
  static void check(
      String op, String what, Tensor labels, int classes, OptionalInt ignore, Workers workers) {
    long at = labels.address();
    int exception = ignore.orElse(0);
    AtomicLong first = new AtomicLong(Long.MAX_VALUE);
    workers.range(
        labels.size(),
        GRAIN,
        (_, lo, hi) -> {
          long outside = LabelLoops.firstOutside(at, classes, exception, lo, hi);
          if (outside >= 0) {
            first.accumulateAndGet(outside, Math::min);
          }
        });
    if (first.get() != Long.MAX_VALUE) {
      LabelRange range = new LabelRange(op, what, labels.shape(), classes, ignore);
      throw new TensorException(range.complaint(Native.getInt(at, first.get()), first.get()));
    }
  }
}
