package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.tensor.ops.Backend;
import org.junit.jupiter.api.BeforeAll;

/** On the host in the place of the GPU, where the order of threads changes nothing. */
final class GpuKernelTrainingTest extends GpuTrainingContract {
  @BeforeAll
  static void needsTheStandIn() {
    assumeTrue(StandInGpu.available(), "needs g++");
  }

  @Override
  Backend gpu() {
    return StandInGpu.inOrder();
  }

  @Override
  Backend other() {
    return StandInGpu.shuffled();
  }

  @Override
  int steps() {
    return 4;
  }
}
