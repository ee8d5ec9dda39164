package io.auxgrad.mtl.network;

import io.auxgrad.mtl.RealGpu;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** On the first GPU. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
final class GpuTorchGoldenTest extends TorchGoldenContract {
  private static final double GRADIENT = 2e-4;

  GpuTorchGoldenTest(Case tested) {
    super(tested, RealGpu.openOrSkip(), GRADIENT);
  }
}
