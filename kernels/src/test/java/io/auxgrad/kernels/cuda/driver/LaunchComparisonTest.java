package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaunchComparisonTest {
  @Test
  void bothLaunchOnTheDriversStandIn() throws Exception {
    FakeDriver driver = FakeGpu.driverOrSkip();
    Map<String, String> environment = Map.of("LD_LIBRARY_PATH", FakeDriver.folder().toString());
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      Optional<LaunchComparison> comparison =
          LaunchComparison.measure(gpu, FakeGpu.code(Canary.FILE), environment);
      assumeTrue(comparison.isPresent(), "needs a compiler of C");
      for (LaunchCost cost :
          new LaunchCost[] {comparison.get().fromC(), comparison.get().fromJava()}) {
        assertTrue(cost.onGpu() > 0 && cost.onHost() > 0, cost.toString());
      }
    }
  }

  @Test
  void isGoodWhereJavaCostsLittleMoreThanC() {
    LaunchCost c = new LaunchCost(2e-6, 1.5e-6);
    assertTrue(new LaunchComparison(c, new LaunchCost(2.5e-6, 2.4e-6)).isGood());
    assertFalse(new LaunchComparison(c, new LaunchCost(2.7e-6, 2.4e-6)).isGood());
    assertFalse(new LaunchComparison(c, new LaunchCost(2.5e-6, 2.6e-6)).isGood());
    assertEquals(
        "| from one to the next, on the GPU | 2.00 us | 2.50 us | 1.25 times | at most 1.3 times |",
        new LaunchComparison(c, new LaunchCost(2.5e-6, 2.4e-6)).toString().lines().toList().get(2));
  }
}
