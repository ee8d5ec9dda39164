package io.auxgrad.bench.profile;

import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up the time that the kernels take on the calling thread, from the gate that every op passes.
 * The kernels wait for their threads, so this is the whole of an op but its checks and the memory
 * of its results. Nothing of it is in the engine: without a listener the gate is all it costs.
 */
public final class OpProfiler implements Launch.Listener {
  private final Map<String, Total> totals = new LinkedHashMap<>();
  private final Roofline roofline;

  /** Sums of the calls of one kind of op. */
  public static final class Total {
    private final String op;
    private long calls;
    private long nanos;
    private long flops;
    private long bytes;
    private double boundNanos;

    private Total(String op) {
      this.op = op;
    }

    /** Which kind. */
    public String op() {
      return op;
    }

    /** How often. */
    public long calls() {
      return calls;
    }

    /** How long. */
    public long nanos() {
      return nanos;
    }

    /** Floating-point operations of convolutions and matrix products. */
    public long flops() {
      return flops;
    }

    /** Bytes of all operands. */
    public long bytes() {
      return bytes;
    }

    /** The share of the time that the machine would need at best. */
    public double ofRoofline() {
      return boundNanos / nanos;
    }
  }

  /** Compares with {@code roofline}. */
  public OpProfiler(Roofline roofline) {
    this.roofline = roofline;
  }

  @Override
  public void launch(String op, Runnable kernel, Tensor... operands) {
    long start = System.nanoTime();
    kernel.run();
    long nanos = System.nanoTime() - start;
    Total total = totals.computeIfAbsent(OpKey.of(op, operands), Total::new);
    long flops = OpKey.flops(op, operands);
    long bytes = OpKey.bytes(operands);
    total.calls++;
    total.nanos += nanos;
    total.flops += flops;
    total.bytes += bytes;
    total.boundNanos += roofline.nanos(flops, bytes);
  }

  /** The slowest first. */
  public List<Total> totals() {
    return totals.values().stream()
        .sorted(Comparator.comparingLong(Total::nanos).reversed())
        .toList();
  }
}
