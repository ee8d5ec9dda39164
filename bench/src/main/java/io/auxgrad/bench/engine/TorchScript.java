package io.auxgrad.bench.engine;

import io.auxgrad.bench.peers.PeerFiles;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.nn.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A workload as a file that libtorch loads, traced by PyTorch. Its one input is the images {@code
 * [N,H,W,3]}; it returns the predictions or, to train, the loss, with the labels inside.
 */
public final class TorchScript {
  private TorchScript() {}

  /**
   * Has {@code use} load the file, which is gone afterwards.
   *
   * @param mode {@code train} or {@code infer}
   * @throws UnsupportedWorkException unless in float32: a trace keeps no automatic casts
   */
  public static <T> T with(String mode, Workload workload, Function<Path, T> use) {
    if (workload.precision() != Precision.FP32) {
      throw new UnsupportedWorkException("the network is traced in float32 only");
    }
    try {
      Path folder = Files.createTempDirectory("auxgrad-bench");
      try {
        PeerFiles.write(folder, workload);
        Path file = folder.resolve("network.pt");
        trace(folder, mode, file);
        return use.apply(file);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void trace(Path folder, String mode, Path file) throws IOException {
    try {
      int exit =
          new ProcessBuilder(
                  Python.command("pytorch_export.py", folder.toString(), mode, file.toString()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException("PyTorch could not trace the network; see above");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
