package io.auxgrad.bench.suite;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Commands of the command line as whole processes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StartupBenchmark {
  private static final String MAIN = "io.auxgrad.mtl.cli.Main";

  /** The help. */
  @Benchmark
  public void help() throws Exception {
    Processes.run(Processes.java(MAIN, "--help"), Processes.NO_INPUT);
  }

  /** The doctor: starts the engine and convolves once. */
  @Benchmark
  public void doctor() throws Exception {
    Processes.run(Processes.java(MAIN, "doctor"), Processes.NO_INPUT);
  }
}
