package io.auxgrad.bench.suite;

import io.auxgrad.bench.engine.Engine;
import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.ops.OpCase;
import io.auxgrad.tensor.Device;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One op at a time, on an engine. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OpBenchmark {
  /** A message to an engine in another process is shared by so many runs. */
  static final int RUNS = 32;

  /** Which engine. */
  @Param("auxgrad")
  public String engine;

  /** Which op. */
  @Param public OpCase op;

  private Engine opened;
  private Engine.Work work;

  /** Starts the engine. */
  @Setup
  public void open() {
    opened = EngineKind.of(engine).open(Threads.count(), Device.CPU);
    work = opened.op(op.op());
  }

  /** The op. */
  @Benchmark
  @OperationsPerInvocation(RUNS)
  public void run() {
    work.run(RUNS);
  }

  /** Ends the engine. */
  @TearDown
  public void close() throws Exception {
    work.close();
    opened.close();
  }
}
