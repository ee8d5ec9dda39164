package io.auxgrad.bench.profile;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.MathMode;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the machine can do at best (Williams et al., 2009): arithmetic, and copying by the size of
 * what is copied, since small tensors stay in a cache.
 *
 * @param gigaflops operations per nanosecond by the type of the factors, a fused multiply-add
 *     counting two
 * @param math how float32 factors were multiplied
 * @param bandwidth bytes per nanosecond, read and written, by the bytes of the working set
 */
public record Roofline(
    Map<DType, Double> gigaflops, MathMode math, NavigableMap<Long, Double> bandwidth) {
  private static final long MIB = 1 << 20;

  /**
   * Of the processor that {@code backend} computes on, measured now, on so many threads; takes some
   * seconds. On bfloat16 it is what float32 does, or what the backend's own ops reach if they have
   * instructions for more.
   */
  public static Roofline ofHost(int threads, Backend backend) {
    NavigableMap<Long, Double> bandwidth = new TreeMap<>();
    for (long size : new long[] {MIB / 4, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB}) {
      bandwidth.put(size, CopyBandwidth.measure(threads, size));
    }
    double float32 = FmaPeak.measure(threads);
    double bfloat16 =
        Math.max(float32, DeviceRoofline.gigaflops(backend, MathMode.FP32, DType.BFLOAT16));
    Map<DType, Double> gigaflops =
        new EnumMap<>(Map.of(DType.FLOAT32, float32, DType.BFLOAT16, bfloat16));
    return new Roofline(gigaflops, MathMode.FP32, bandwidth);
  }

  /** The least seconds for so many operations, on factors of {@code type}, on so many bytes. */
  double seconds(DType type, long flops, long bytes) {
    return 1e-9 * Math.max(flops / gigaflops.get(type), bytes / bandwidthAt(bytes));
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
