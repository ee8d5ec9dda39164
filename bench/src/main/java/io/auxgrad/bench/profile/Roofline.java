package io.auxgrad.bench.profile;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the machine can do at best (Williams et al., 2009): arithmetic, and copying by the size of
 * what is copied, since small tensors stay in a cache.
 *
 * @param gigaflops float32 operations per nanosecond, a fused multiply-add counting two
 * @param bandwidth bytes per nanosecond, read and written, by the bytes of the working set
 */
public record Roofline(double gigaflops, NavigableMap<Long, Double> bandwidth) {
  private static final long MIB = 1 << 20;

  /** Measured now, on so many threads; takes some seconds. */
  public static Roofline measure(int threads) {
    NavigableMap<Long, Double> bandwidth = new TreeMap<>();
    for (long size : new long[] {MIB / 4, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB}) {
      bandwidth.put(size, CopyBandwidth.measure(threads, size));
    }
    return new Roofline(FmaPeak.measure(threads), bandwidth);
  }

  /** The least time for so many operations on so many bytes. */
  double nanos(long flops, long bytes) {
    return Math.max(flops / gigaflops, bytes / bandwidthAt(bytes));
  }

  /** The measured bandwidth of the working set whose size is nearest in ratio. */
  private double bandwidthAt(long bytes) {
    Map.Entry<Long, Double> below = bandwidth.floorEntry(bytes);
    Map.Entry<Long, Double> above = bandwidth.ceilingEntry(bytes);
    if (below == null) {
      return above.getValue();
    }
    if (above == null || (double) bytes / below.getKey() < (double) above.getKey() / bytes) {
      return below.getValue();
    }
    return above.getValue();
  }
}
