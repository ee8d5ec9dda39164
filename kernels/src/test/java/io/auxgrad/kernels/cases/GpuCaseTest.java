package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.auxgrad.kernels.FirstGpu;
import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.tensor.ops.SelfTest.Check;
import io.auxgrad.tensor.ops.SelfTest.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every case, forward and backward, on the first GPU. */
@Tag("gpu")
class GpuCaseTest {
  private static CudaGpu gpu;

  @BeforeAll
  static void open() {
    gpu = FirstGpu.openOrSkip();
  }

  @AfterAll
  static void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> casesAgreeWithTheReference() {
    return new CaseSelfTest()
        .run(new CudaBackend(gpu))
        .map(check -> DynamicTest.dynamicTest(check.name(), () -> expectPassed(check)));
  }

  private static void expectPassed(Check check) {
    if (check.outcome() == Outcome.UNSUPPORTED) {
      abort("not on a GPU yet: " + check.problem());
    }
    assertEquals("", check.problem());
  }
}
