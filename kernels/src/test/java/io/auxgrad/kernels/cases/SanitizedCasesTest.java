package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.hostrun.SanitizedRun;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No kernel of the GPU touches memory that is not its own, or does what C++ leaves undefined. */
class SanitizedCasesTest {
  private static final int PROCESSES = 2;

  @Test
  void casesAreCleanUnderTheSanitizers() throws Exception {
    assumeTrue(SanitizedRun.available(), "needs g++'s address and undefined-behaviour sanitizers");
    SanitizedRun.compileKernels();
    try (var processes = Executors.newFixedThreadPool(PROCESSES)) {
      List<Future<SanitizedRun.Result>> results =
          IntStream.range(0, PROCESSES).mapToObj(k -> processes.submit(() -> cases(k))).toList();
      for (Future<SanitizedRun.Result> result : results) {
        assertClean(result.get());
      }
    }
  }

  private static SanitizedRun.Result cases(int k) throws IOException, InterruptedException {
    return SanitizedRun.of(SanitizedCases.class, "" + k, "" + PROCESSES);
  }

  private static void assertClean(SanitizedRun.Result result) {
    assertEquals(0, result.status(), result.output());
    assertTrue(result.output().matches("(?s).*[1-9]\\d* cases are clean\\s*"), result.output());
  }
}
