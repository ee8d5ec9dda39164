package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.shape.ReducedShape.Axis;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code struct Columns} of {@code columns.cuh}. The segment is written anew by each call. */
final class Columns {
  private static final int LONGS = 3;
  private static final int INTS = 6;

  private final MemorySegment segment =
      Arena.ofAuto().allocate((long) LONGS * Long.BYTES + INTS * Integer.BYTES, 16);

  MemorySegment of(Axis axis, ColumnPlan plan) {
    segment.setAtIndex(ValueLayout.JAVA_LONG, 0, axis.length());
    segment.setAtIndex(ValueLayout.JAVA_LONG, 1, axis.inner());
    segment.setAtIndex(ValueLayout.JAVA_LONG, 2, plan.chunkRows());
    int[] counts = {
      plan.chunks(), plan.group(), plan.across(), plan.packs(), plan.packed() ? 1 : 0
    };
    MemorySegment.copy(counts, 0, segment, ValueLayout.JAVA_INT, LONGS * Long.BYTES, counts.length);
    return segment;
  }
}
