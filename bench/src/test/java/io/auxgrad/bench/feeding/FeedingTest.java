package io.auxgrad.bench.feeding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.report.Spread;
import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import org.junit.jupiter.api.Test;

final class FeedingTest {
  private static Spread exactly(double seconds) {
    return new Spread(seconds, seconds, seconds);
  }

  @Test
  void theQuickerWayCounts() {
    Feeding feeding = new Feeding(exactly(2), exactly(2.5), exactly(2.04));
    assertEquals(0.02, feeding.overhead(), 1e-9);
    assertTrue(feeding.text().contains("+25.0 %"), feeding.text());
    assertTrue(feeding.text().contains("+2.0 %"), feeding.text());
  }

  @Test
  void stepsAreMadeOnAllThreeKindsOfBatches() {
    int before = TensorScope.liveTensors();
    Feeding feeding =
        Feeding.measure(new Workload(NetworkKind.MOBILENETV2, 3, 2, 32, 32), Backends.cpu(), 5);
    assertTrue(feeding.constant().low() > 0);
    assertTrue(feeding.host().low() > 0);
    assertTrue(feeding.device().low() > 0);
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
  }
}
