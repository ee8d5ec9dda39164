package io.auxgrad.bench.suite;

import io.auxgrad.bench.engine.EngineKind;
import io.auxgrad.bench.engine.Python;
import io.auxgrad.bench.peers.PeerFiles;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.nn.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A process that does one training step: start, network, step, end. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FirstStepBenchmark {
  private static final Workload WORKLOAD =
      Workload.of(NetworkKind.MOBILENETV2, Precision.FP32, "4x120x160");

  /** Which engine. */
  @Param("auxgrad")
  public String engine;

  private Path folder;
  private Path input;
  private List<String> command;

  /** Writes what the process reads. */
  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("auxgrad-bench");
    PeerFiles.write(folder, WORKLOAD);
    input = Files.writeString(folder.resolve("input"), "run 1\nquit\n");
    command =
        switch (EngineKind.of(engine)) {
          case AUXGRAD ->
              Processes.java(
                  "io.auxgrad.bench.peers.PeerWorker",
                  folder.toString(),
                  "train",
                  WORKLOAD.network().label(),
                  WORKLOAD.precisionLabel(),
                  WORKLOAD.size(),
                  "cpu");
          case EAGER -> python();
          case COMPILE -> Stream.concat(python().stream(), Stream.of("--compile")).toList();
          case LIBTORCH, DJL -> throw new IllegalArgumentException(engine + " has no worker");
        };
  }

  private List<String> python() {
    return Python.command(
        "pytorch_worker.py", folder.toString(), "train", "--threads", "" + Threads.count());
  }

  /** The process. */
  @Benchmark
  public void run() throws Exception {
    Processes.run(command, input.toFile());
  }

  /** Deletes the files. */
  @TearDown
  public void close() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
