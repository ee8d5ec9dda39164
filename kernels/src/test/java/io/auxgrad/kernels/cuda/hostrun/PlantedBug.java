package io.auxgrad.kernels.cuda.hostrun;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/** Runs one wrong kernel under the sanitizers. */
final class PlantedBug {
  private PlantedBug() {}

  /** Of the kernel's name. */
  public static void main(String[] arguments) {
    try (HostGpu gpu = HostGpu.sanitizedOfTestKernels()) {
      Tensor x = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(8));
      Tensor y = Tensor.zeros(gpu.memory(), DType.INT32, Shape.of(32));
      Kernel kernel = gpu.kernel("planted.cu", arguments[0]).begin();
      switch (arguments[0]) {
        case "one_too_many" -> kernel.put(y).put(32).launchBlocks(1, 64);
        case "one_too_many_shared" -> kernel.put(y).launchBlocks(1, 32);
        case "misaligned" -> kernel.put(x).put(y).launchBlocks(1, 1);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }
}
