package io.auxgrad.bench.suite;

import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.Device;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A training step: forward, losses, backward, SGD. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StepBenchmark {
  /** Which engine. */
  @Param("auxgrad")
  public String engine;

  /** {@code CPU} or {@code CUDA}. */
  @Param("CPU")
  public Device.Kind device;

  /** Which network. */
  @Param("mobilenetv2")
  public String network;

  /** What it computes in. */
  @Param("FP32")
  public Precision precision;

  /** {@code BATCHxHEIGHTxWIDTH}. */
  @Param("4x120x160")
  public String size;

  private Engine opened;
  private Engine.Work work;

  /** Starts the engine. */
  @Setup
  public void open() {
    opened = EngineKind.of(engine).open(Threads.count(), new Device(device, 0));
    work = opened.train(Workload.of(NetworkKind.of(network), precision, size));
  }

  /** A step. */
  @Benchmark
  public void run() {
    work.run(1);
  }

  /** Ends the engine. */
  @TearDown
  public void close() throws Exception {
    work.close();
    opened.close();
  }
}
