package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;

/** The contract on the driver's stand-in. */
class StandInDriverTest extends DriverContract {
  private FakeDriver driver;

  @Override
  CudaGpu openOrSkip() {
    driver = FakeGpu.driverOrSkip();
    return FakeGpu.open(driver);
  }

  @Override
  int steps() {
    return 20;
  }

  @AfterEach
  void nothingIsWrittenPastAnEnd() {
    if (driver != null) {
      assertEquals(0, driver.violations());
    }
  }
}
