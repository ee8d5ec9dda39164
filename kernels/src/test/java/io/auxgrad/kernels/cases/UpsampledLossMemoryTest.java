package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cases.UpsampledLossTest.Kind;
import io.auxgrad.kernels.cpu.CpuBackend;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.hostrun.HostGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses on upsampled predictions store nothing of the labels' size. */
class UpsampledLossMemoryTest {
  @ParameterizedTest
  @EnumSource
  void onTheCpu(Kind kind) {
    check(kind, new CpuBackend(2));
  }

  @Test
  void byTheKernelsOfTheGpu() {
    assumeTrue(HostGpu.available(), "needs g++ and nm");
    try (HostGpu gpu = new HostGpu(HostGpu.Order.FORWARD)) {
      check(Kind.CROSS_ENTROPY, new CudaBackend(gpu));
    }
  }

  /** With a backend that has done nothing else. */
  private static void check(Kind kind, Backend alone) {
    try (var _ = TensorScope.open()) {
      Tensor x = Tensor.zeros(alone.memory(), DType.FLOAT32, Shape.of(2, 60, 80, kind.channels));
      Shape labels = Shape.of(2, 240, 320);
      boolean classes = kind == Kind.CROSS_ENTROPY;
      Tensor target =
          Tensor.zeros(
              alone.memory(),
              classes ? DType.INT32 : DType.FLOAT32,
              classes ? labels : Shape.of(2, 240, 320, kind.channels));
      Tensor mask = Tensor.zeros(alone.memory(), DType.UINT8, labels);
      long before = alone.memory().usage().live();
      kind.upsampled(alone.loss(), x, target, mask, true);
      long most = alone.memory().usage().peak() - before;
      long fine = 4 * labels.size() * kind.channels;
      assertTrue(most < x.byteSize() + fine / 4, most + " bytes beside " + fine);
    }
  }
}
