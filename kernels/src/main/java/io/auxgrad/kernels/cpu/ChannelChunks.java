package io.auxgrad.kernels.cpu;

import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;

/**
 * The pixels of a tensor {@code [..., C]} cut into chunks that do not depend on the number of
 * threads, with scratch for per-channel values and sums. A chunk is a number of whole periods, a
 * period the smallest multiple of the channels that fills whole vectors.
 */
final class ChannelChunks implements AutoCloseable {
  /** Elements of the smallest and the largest chunk: worth a thread's attention, a share of L2. */
  private static final long MIN_CHUNK = 1 << 14;

  private static final long MAX_CHUNK = 1 << 16;

  /** Chunks of a tensor that is neither small nor large: enough to divide them evenly. */
  private static final int CHUNKS = 16;

  /** Periods of a chunk at least: adding up its sums costs as much as two of them. */
  private static final int MIN_PERIODS = 32;

  /** Works on {@code n} elements from element {@code lo}. */
  interface Body {
    void run(long lo, int n);
  }

  /**
   * Adds what it finds in {@code n} elements from {@code lo} to the float64 {@code sums
   * [2][period]}.
   */
  interface SumBody {
    void run(long lo, int n, long sums);
  }

  /** One value for each channel. */
  interface ChannelValue {
    double of(int channel);
  }

  private final CpuContext context;
  private final Buffer scratch;
  private final long size;
  private final int channels;
  private final int period;
  private final long chunkSize;
  private final long partials;

  /** Of {@code x}, with room for {@code slots} repeated values. */
  ChannelChunks(CpuContext context, Tensor x, int slots) {
    this.context = context;
    size = x.size();
    channels = x.shape().dim(-1);
    period = channels * (BatchNormLoops.LANES / gcd(channels, BatchNormLoops.LANES));
    long wanted = Math.clamp(size / CHUNKS, MIN_CHUNK, MAX_CHUNK);
    chunkSize = Math.max(MIN_PERIODS, wanted / period) * period;
    long slotBytes = (long) slots * period * Float.BYTES;
    long partialBytes = 2L * period * Double.BYTES * Workers.chunkCount(size, chunkSize);
    scratch = context.memory().allocate(slotBytes + partialBytes);
    partials = scratch.address() + slotBytes;
  }

  int channels() {
    return channels;
  }

  /** Elements after which per-channel values repeat in {@link #repeat}. */
  int period() {
    return period;
  }

  /**
   * Fills slot {@code slot} with the channels' values, repeated over a period; returns its address.
   */
  long repeat(int slot, ChannelValue value) {
    long address = scratch.address() + (long) slot * period * Float.BYTES;
    for (int c = 0; c < channels; c++) {
      float v = (float) value.of(c);
      for (int i = c; i < period; i += channels) {
        putFloat(address, i, v);
      }
    }
    return address;
  }

  /**
   * Two sums for each channel over all chunks, added in their order: the address of float64 {@code
   * [2][period]}.
   */
  long sum(SumBody body) {
    long partialBytes = 2L * period * Double.BYTES;
    context
        .workers()
        .chunks(
            size,
            chunkSize,
            (chunk, lo, hi) -> {
              long partial = partials + chunk * partialBytes;
              Native.clear(partial, partialBytes);
              body.run(lo, (int) (hi - lo), partial);
            });
    for (int chunk = 1; chunk < Workers.chunkCount(size, chunkSize); chunk++) {
      addTo(partials, partials + chunk * partialBytes, 2 * period);
    }
    fold(partials);
    fold(partials + (long) period * Double.BYTES);
    return partials;
  }

  /** Visits all chunks, each thread backwards: what {@link #sum} read last is still in a cache. */
  void forEach(Body body) {
    context
        .workers()
        .range(
            Workers.chunkCount(size, chunkSize),
            1,
            (_, first, end) -> {
              for (long chunk = end - 1; chunk >= first; chunk--) {
                long lo = chunk * chunkSize;
                body.run(lo, (int) (Math.min(size, lo + chunkSize) - lo));
              }
            });
  }

  @Override
  public void close() {
    context.memory().release(scratch);
  }

  // Adds up the places of a period that mean the same channel.
  private void fold(long sums) {
    for (int i = channels; i < period; i++) {
      addDouble(sums, i % channels, getDouble(sums, i));
    }
  }

  private static void addTo(long sums, long more, int n) {
    for (int i = 0; i < n; i++) {
      addDouble(sums, i, getDouble(more, i));
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
