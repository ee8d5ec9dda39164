package io.auxgrad.bench.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.auxgrad.bench.ops.Op;
import io.auxgrad.bench.peers.PeerFiles;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** PyTorch in a process of its own; a run costs one message of some 50 us beside the work. */
final class PythonEngine implements Engine {
  private static final JsonMapper JSON = new JsonMapper();

  private final int threads;
  private final Device device;
  private final boolean compiled;

  PythonEngine(int threads, Device device, boolean compiled) {
    this.threads = threads;
    this.device = device;
    this.compiled = compiled;
  }

  @Override
  public Work op(Op op) {
    if (compiled) {
      throw new UnsupportedWorkException("torch.compile joins ops; a single one stays as it is");
    }
    try {
      return work(new Python(threads, "pytorch_op.py", JSON.writeValueAsString(op), threads()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Work train(Workload workload) {
    return network("train", workload);
  }

  @Override
  public Work infer(Workload workload) {
    return network("infer", workload);
  }

  private Work network(String mode, Workload workload) {
    Path folder;
    try {
      folder = Files.createTempDirectory("auxgrad-bench");
      PeerFiles.write(folder, workload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String[] arguments =
        Stream.of(
                folder.toString(),
                mode,
                "--threads",
                threads(),
                "--precision",
                workload.precisionLabel(),
                "--device",
                device.kind().name().toLowerCase(Locale.ROOT),
                compiled ? "--compile" : "")
            .filter(word -> !word.isEmpty())
            .toArray(String[]::new);
    Python python = new Python(threads, "pytorch_worker.py", arguments);
    delete(folder);
    return work(python);
  }

  private String threads() {
    return Integer.toString(threads);
  }

  private static Work work(Python python) {
    return new Work() {
      @Override
      public void run(int times) {
        python.ask("run " + times);
      }

      @Override
      public void close() {
        python.close();
      }
    };
  }

  // The worker has read everything when it says that it is ready.
  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
