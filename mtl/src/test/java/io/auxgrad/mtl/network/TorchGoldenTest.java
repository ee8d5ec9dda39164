package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With the kernels of the CPU and, on the host, with those of the GPU. */
@ParameterizedClass
@MethodSource("everywhere")
final class TorchGoldenTest extends TorchGoldenContract {
  /** Where they run, and how near gradients come. */
  enum Kernels {
    CPU(1e-4) {
      @Override
      Backend backend() {
        return Backends.cpu();
      }
    },
    GPU(2e-4) {
      @Override
      Backend backend() {
        assumeTrue(StandInGpu.available(), "needs g++");
        return StandInGpu.inOrder();
      }
    };

    private final double gradient;

    Kernels(double gradient) {
      this.gradient = gradient;
    }

    abstract Backend backend();
  }

  TorchGoldenTest(Case tested, Kernels kernels) {
    super(tested, kernels.backend(), kernels.gradient);
  }

  static Stream<Arguments> everywhere() {
    return Stream.of(Case.values())
        .flatMap(tested -> Stream.of(Kernels.values()).map(k -> Arguments.of(tested, k)));
  }
}
