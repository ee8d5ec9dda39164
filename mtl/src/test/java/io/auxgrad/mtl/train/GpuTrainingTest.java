package io.auxgrad.mtl.train;

import io.auxgrad.mtl.RealGpu;
import io.auxgrad.tensor.ops.Backend;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** On the first GPU. */
@Tag("gpu")
final class GpuTrainingTest extends GpuTrainingContract {
  private static Backend gpu;

  @BeforeAll
  static void open() {
    gpu = RealGpu.openOrSkip();
  }

  @Override
  Backend gpu() {
    return gpu;
  }

  @Override
  Backend other() {
    return gpu;
  }
}
