package io.auxgrad.bench.profile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** STREAM's copy: how fast memory is read and written, each thread in its own part. */
final class CopyBandwidth {
  private static final int ROUNDS = 7;
  private static final long BYTES_A_ROUND = 1L << 30;
  private static final int ALIGNMENT = 64;

  private CopyBandwidth() {}

  /** Bytes per nanosecond of the best round, for source and target of {@code size} together. */
  static double measure(int threads, long size) {
    long part = size / 2 / threads / ALIGNMENT * ALIGNMENT;
    long times = Math.max(1, BYTES_A_ROUND / (2 * part * threads));
    double best = 0;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment from = arena.allocate(part * threads, ALIGNMENT);
      MemorySegment to = arena.allocate(part * threads, ALIGNMENT);
      for (int round = 0; round < ROUNDS; round++) {
        long nanos = Parallel.time(threads, thread -> copy(from, to, thread * part, part, times));
        best = Math.max(best, (double) (2 * part * threads * times) / nanos);
      }
    }
    return best;
  }

  private static void copy(
      MemorySegment from, MemorySegment to, long offset, long length, long times) {
    for (long i = 0; i < times; i++) {
      MemorySegment.copy(from, offset, to, offset, length);
    }
  }
}
