package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config.DeviceName;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import picocli.CommandLine.Option;

/** Options of every command about what computes. */
final class EngineOptions {
  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      description = "What computes; cuda is not available in this version.")
  private DeviceName device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the engine; one per processor if not given.")
  private Integer threads;

  /** Puts the options that were given into a configuration. */
  void apply(ConfigBuilder builder) {
    if (device != null) {
      builder.set("device", device, "--device");
    }
    if (threads != null) {
      builder.set("threads", threads, "--threads");
    }
  }

  /** The backend for commands that only read a run. */
  Backend backend() {
    if (device == DeviceName.CUDA) {
      throw new UserException("--device: cuda is not available in this version; use cpu");
    }
    Backend backend = Backends.cpu();
    if (threads != null) {
      if (threads < 1) {
        throw new UserException("--threads: is " + threads + "; it must be at least 1");
      }
      backend.setThreads(threads);
    }
    return backend;
  }
}
