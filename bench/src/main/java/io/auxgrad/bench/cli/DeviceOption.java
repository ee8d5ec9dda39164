package io.auxgrad.bench.cli;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import picocli.CommandLine.Option;

/** What computes. */
final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      defaultValue = "cpu",
      description = "The processor, or the first NVIDIA GPU; default: cpu.")
  private Device.Kind kind;

  Device device() {
    return new Device(kind, 0);
  }

  boolean isCuda() {
    return kind == Device.Kind.CUDA;
  }

  /** Started, or a {@link UserException} that says what it lacks. */
  Backend backend() {
    try {
      return Backends.of(device());
    } catch (TensorException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
