package io.auxgrad.kernels.cpu;

import static io.auxgrad.kernels.cpu.simd.Native.addDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops;
import io.auxgrad.kernels.cpu.simd.ChannelTable;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;

/**
 * The pixels of a tensor {@code [..., C]} cut into chunks that do not depend on the number of
 * threads, with a table of values for each channel and scratch for sums. A chunk is a number of
 * whole periods, a period the smallest multiple of the channels that fills whole vectors.
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

  private final CpuContext context;
  private final Buffer scratch;
  private final long size;
  private final int channels;
  private final int period;
  private final ChannelTable table;
  private final long chunkSize;
  private final long partialBytes;
  private final long partials;

  ChannelChunks(CpuContext context, Tensor x) {
    this.context = context;
    size = x.size();
    channels = x.shape().dim(-1);
    period = channels * (BatchNormLoops.LANES / gcd(channels, BatchNormLoops.LANES));
    long wanted = Math.clamp(size / CHUNKS, MIN_CHUNK, MAX_CHUNK);
    chunkSize = Math.max(MIN_PERIODS, wanted / period) * period;
    long tableBytes = ChannelTable.bytes(period);
    partialBytes = BatchNormLoops.sumBytes(period);
    scratch =
        context
            .memory()
            .allocate(tableBytes + partialBytes * Math.max(1, Workers.chunkCount(size, chunkSize)));
    table = new ChannelTable(scratch.address(), period);
    partials = scratch.address() + tableBytes;
  }

  int channels() {
    return channels;
  }

  /** Elements after which per-channel values repeat. */
  int period() {
    return period;
  }

  ChannelTable table() {
    return table;
  }

  /** Sets the values at the address {@code target} to means of a few pixels of {@code x}. */
  void sample(Tensor x, int pixels, long target) {
    long rows = x.shape().rows();
    long step = Math.max(1, rows / pixels);
    int taken = (int) Math.min(pixels, Math.ceilDiv(rows, step));
    Native.clear(partials, (long) channels * Double.BYTES);
    for (int i = 0; i < taken; i++) {
      long pixel = x.address() + i * step * channels * x.dtype().bytes();
      SumLoops.addAsDoubles(x.dtype(), pixel, partials, channels);
    }
    for (int c = 0; c < channels; c++) {
      putFloat(target, c, (float) (getDouble(partials, c) / taken));
    }
  }

  /**
   * Two sums for each channel over all chunks, added in their order: the address of float64 {@code
   * [2][period]}.
   */
  long sum(SumBody body) {
    if (size == 0) {
      Native.clear(partials, partialBytes);
    }
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
      SumLoops.addDoubles(partials + chunk * partialBytes, partials, 2 * period);
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

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
