package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.SelfTest.Check;
import io.auxgrad.tensor.ops.SelfTest.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every case, forward and backward, on the first GPU. */
@Tag("gpu")
class GpuCaseTest {
  private static Backend gpu;

  @BeforeAll
  static void start() {
    try {
      gpu = Backends.of(Device.cuda(0));
    } catch (TensorException e) {
      abort("no GPU: " + e.getMessage().lines().findFirst().orElseThrow());
    }
  }

  @TestFactory
  Stream<DynamicTest> casesAgreeWithTheReference() {
    return new CaseSelfTest()
        .run(gpu)
        .map(check -> DynamicTest.dynamicTest(check.name(), () -> expectPassed(check)));
  }

  private static void expectPassed(Check check) {
    if (check.outcome() == Outcome.UNSUPPORTED) {
      abort("not on a GPU yet: " + check.problem());
    }
    assertEquals("", check.problem());
  }
}
