package io.auxgrad.tensor.ops;

import java.util.stream.DoubleStream;

/** By {@link System#nanoTime}. */
final class HostStopwatch implements Stopwatch {
  private DoubleStream.Builder stretches = DoubleStream.builder();
  private long start;

  @Override
  public void start() {
    start = System.nanoTime();
  }

  @Override
  public void stop() {
    stretches.add((System.nanoTime() - start) * 1e-9);
  }

  @Override
  public double[] seconds() {
    double[] seconds = stretches.build().toArray();
    stretches = DoubleStream.builder();
    return seconds;
  }

  @Override
  public void close() {}
}
