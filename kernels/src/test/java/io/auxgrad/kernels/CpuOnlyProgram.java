package io.auxgrad.kernels;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.Inspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Uses the library as somebody does who has no GPU, and prints the shared libraries it took. */
public final class CpuOnlyProgram {
  private CpuOnlyProgram() {}

  /** With {@code inspect} the devices of the machine are looked at too. */
  public static void main(String[] args) throws IOException {
    convolve(Backends.cpu());
    if (args.length > 0) {
      ServiceLoader.load(Inspection.class)
          .forEach(i -> i.inspect(false).forEach(f -> System.out.println("found " + f)));
    }
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      maps.map(line -> line.substring(line.lastIndexOf(' ') + 1))
          .filter(file -> file.contains(".so"))
          .distinct()
          .forEach(file -> System.out.println("mapped " + file));
    }
  }

  private static void convolve(Backend cpu) {
    try (var _ = TensorScope.open()) {
      Tensor x = Tensor.of(cpu.memory(), Shape.of(1, 1, 1, 1), 3);
      Tensor w = Tensor.of(cpu.memory(), Shape.of(1, 1, 1, 1), 2);
      Tensor y = cpu.convolution().forward(x, w, null, Conv2dSpec.of(1, 0), Activation.IDENTITY);
      System.out.println("computed " + y.toFloats()[0]);
    }
  }
}
