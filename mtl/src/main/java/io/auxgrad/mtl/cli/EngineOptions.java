package io.auxgrad.mtl.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config.DeviceName;
import io.auxgrad.mtl.config.ConfigBuilder;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import picocli.CommandLine.Option;

/** Options of every command about what computes. */
final class EngineOptions {
  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      description = "What computes: the processor, or the first NVIDIA GPU.")
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
    if (threads != null && threads < 1) {
      throw new UserException("--threads: is " + threads + "; it must be at least 1");
    }
    return backend(isCuda() ? DeviceName.CUDA : DeviceName.CPU, threads == null ? 0 : threads);
  }

  /** Whether a GPU was asked for. */
  boolean isCuda() {
    return device == DeviceName.CUDA;
  }

  /** The backend of {@code device}, with {@code threads} if that is not 0. */
  static Backend backend(DeviceName device, int threads) {
    Backend backend = start(device == DeviceName.CUDA ? Device.cuda(0) : Device.CPU);
    if (threads > 0) {
      backend.setThreads(threads);
    }
    return backend;
  }

  private static Backend start(Device device) {
    try {
      return Backends.of(device);
    } catch (TensorException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
