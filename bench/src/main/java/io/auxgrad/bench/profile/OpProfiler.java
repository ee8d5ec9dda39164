package io.auxgrad.bench.profile;

import io.auxgrad.bench.profile.Totals.Total;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Stopwatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds up the time that the ops of the calling thread take, from the gate that every op passes. On
 * the processor the kernels wait for their threads, so this is the whole of an op but its checks
 * and the memory of its results; on a GPU it is from the start of an op's first kernel to the end
 * of its last. Nothing of it is in the engine: without a listener the gate is all it costs.
 */
public final class OpProfiler implements Launch.Listener {
  /** The least that is told from nothing. */
  private static final double TICK = 1e-9;

  private final Roofline roofline;
  private final Stopwatch watch;
  private final double ofNothing;
  private final List<Call> calls = new ArrayList<>();
  private final Totals ops = new Totals();
  private final Totals layers = new Totals();

  private record Call(String op, Tensor[] operands) {}

  /**
   * Compares with {@code roofline}.
   *
   * @param watch of the device
   * @param ofNothing seconds that the watch finds where there is nothing, which are taken off
   */
  OpProfiler(Roofline roofline, Stopwatch watch, double ofNothing) {
    this.roofline = roofline;
    this.watch = watch;
    this.ofNothing = ofNothing;
  }

  @Override
  public void launch(String op, Runnable kernel, Tensor... operands) {
    watch.start();
    kernel.run();
    watch.stop();
    // What it was is found out later, so that the step waits for little more than the clock.
    calls.add(new Call(op, operands));
  }

  /** Waits for the device and adds the calls since the last time. */
  void collect() {
    double[] seconds = watch.seconds();
    for (int i = 0; i < seconds.length; i++) {
      add(calls.get(i), Math.max(TICK, seconds[i] - ofNothing));
    }
    calls.clear();
  }

  private void add(Call call, double seconds) {
    DType type = OpKey.factors(call.operands);
    long flops = OpKey.flops(call.op, call.operands);
    long bytes = OpKey.bytes(call.operands);
    ops.add(OpKey.of(call.op, call.operands), type, seconds, flops, bytes, roofline);
    OpKey.layer(call.op, call.operands)
        .ifPresent(layer -> layers.add(layer, type, seconds, flops, bytes, roofline));
  }

  /** By op, the slowest first. */
  List<Total> ops() {
    return ops.sorted();
  }

  /** Of convolutions by layer, the slowest first. */
  List<Total> layers() {
    return layers.sorted();
  }
}
