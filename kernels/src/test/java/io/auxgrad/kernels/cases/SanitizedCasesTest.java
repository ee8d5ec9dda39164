package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.hostrun.SanitizedRun;
import org.junit.jupiter.api.Test;

/** No kernel of the GPU touches memory that is not its own, or does what C++ leaves undefined. */
class SanitizedCasesTest {
  @Test
  void casesAreCleanUnderTheSanitizers() throws Exception {
    assumeTrue(SanitizedRun.available(), "needs g++'s address and undefined-behaviour sanitizers");
    SanitizedRun.Result result = SanitizedRun.of(SanitizedCases.class);
    assertEquals(0, result.status(), result.output());
    assertTrue(result.output().matches("(?s).*[1-9]\\d* cases are clean\\s*"), result.output());
  }
}
