package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** cuDNN and cuBLAS on the first GPU. */
@Tag("gpu")
class GpuLibraryTest {
  private CudaGpu gpu;
  private CudaBackend backend;

  @BeforeEach
  void open() {
    gpu = FirstGpu.openOrSkip();
    assumeTrue(gpu.primitives().isPresent(), "needs cuDNN and cuBLAS");
    assumeTrue(gpu.multipliesTf32(), "needs a GPU that multiplies TF32 and bfloat16");
    backend = new CudaBackend(gpu);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @Test
  void cudnnComputesWhatTheContractSays() {
    LibraryChecks checks = new LibraryChecks(gpu, new ForcedWay(gpu, "cudnn").in(backend));
    checks.cases();
    checks.bfloat16();
    checks.tf32(3, 1);
  }

  @Test
  void cudnnAddsBiasAndResidualInTheSamePass() {
    ForcedWay forced = new ForcedWay(gpu, "fused-cudnn");
    LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
    checks.forward();
    checks.fused();
    assertTrue(forced.passes() > 0, "nothing was fused");
    checks.repeatable();
  }

  @Test
  void cudnnsGraphsComputeWhatTheContractSays() {
    ForcedWay forced = new ForcedWay(gpu, "graph");
    LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
    checks.cases();
    checks.bfloat16();
    checks.tf32(3, 1);
    checks.repeatable();
    assertTrue(forced.passes() > 0, "there were no graphs");
  }

  @Test
  void cudnnsGraphsEndWithAnythingInTheSamePass() {
    ForcedWay forced = new ForcedWay(gpu, "fused-graph");
    LibraryChecks checks = new LibraryChecks(gpu, forced.in(backend));
    checks.forward();
    checks.fused();
    checks.repeatable();
    assertTrue(forced.passes() > 0, "nothing was fused");
  }

  @Test
  void cublasComputesPointwiseConvolutions() {
    LibraryChecks checks = new LibraryChecks(gpu, new ForcedWay(gpu, "cublas").in(backend));
    checks.cases();
    checks.bfloat16();
    checks.tf32(1);
  }

  @Test
  void theFastestWayComputesWhatTheContractSays() {
    LibraryChecks checks = new LibraryChecks(gpu, backend);
    checks.cases();
    checks.bfloat16();
    checks.products();
  }

  @Test
  void theSameBytesEachTime() {
    new LibraryChecks(gpu, backend).repeatable();
    new LibraryChecks(gpu, new ForcedWay(gpu, "cudnn").in(backend)).repeatable();
    new LibraryChecks(gpu, new ForcedWay(gpu, "cublas").in(backend)).repeatable();
  }
}
