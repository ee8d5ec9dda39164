package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever call of the driver fails: the exception says so, and nothing stays behind. */
class FailingCallsTest {
  /** One after which the context can still be used. */
  private static final int NOT_SUPPORTED = 801;

  private FakeDriver driver;

  @BeforeEach
  void reset() {
    driver = FakeGpu.driverOrSkip();
  }

  @AfterEach
  void leaveNothingSet() {
    if (driver != null) {
      FakeDriver.get();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDevicePrimaryCtxRetain",
        "cuCtxSetCurrent",
        "cuStreamCreate",
        "cuMemHostAlloc",
        "cuMemHostGetDevicePointer_v2",
        "cuMemPoolCreate",
        "cuMemPoolSetAttribute",
        "cuEventCreate",
        "cuMemAllocFromPoolAsync",
        "cuMemsetD8Async",
        "cuModuleLoadData",
        "cuModuleGetFunction",
        "cuFuncGetParamInfo",
        "cuLaunchKernel",
        "cuMemcpyDtoHAsync_v2",
        "cuEventRecord",
        "cuEventSynchronize",
        "cuStreamSynchronize"
      })
  void nothingStaysOpenWhereItCannotStart(String function) {
    long open = driver.open();
    long reserved = driver.reserved();
    int failures = 0;
    driver.fail(function, failures + 1, NOT_SUPPORTED);
    while (opens()) {
      failures++;
      assertEquals(open, driver.open(), () -> "left open after a failure of " + function);
      assertEquals(reserved, driver.reserved(), function);
      driver.fail(function, failures + 1, NOT_SUPPORTED);
    }
    assertTrue(failures > 0, () -> function + " is not called");
    assertEquals(open, driver.open(), "a GPU that started leaves nothing either");
  }

  /** Whether the call that is to fail came; only then is there an exception. */
  private boolean opens() {
    try (CudaGpu _ = FakeGpu.open(driver)) {
      return driver.failed();
    } catch (CudaException e) {
      assertTrue(driver.failed(), e.getMessage());
      assertFalse(e.getMessage().isBlank());
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuMemAllocFromPoolAsync",
        "cuEventCreate",
        "cuMemHostAlloc",
        "cuMemHostGetDevicePointer_v2",
        "cuEventRecord",
        "cuMemcpyHtoDAsync_v2",
        "cuLaunchKernel"
      })
  void aMeasurementThatFailsGivesBackItsMemory(String function) {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      long open = driver.open();
      driver.fail(function, 1, NOT_SUPPORTED);
      assertThrows(CudaException.class, gpu::measure);
      assertEquals(0, gpu.memory().usage().live());
      assertEquals(open, driver.open());
      driver.fail(function, 2, NOT_SUPPORTED);
      assertEquals(measures(gpu), !driver.failed());
      assertEquals(0, gpu.memory().usage().live());
      assertEquals(open, driver.open());
    }
  }

  private static boolean measures(CudaGpu gpu) {
    try {
      gpu.measure();
      return true;
    } catch (CudaException e) {
      return false;
    }
  }

  /** The thread that closes needs not be the one that opened. */
  @Test
  void anyThreadMeasuresAndCloses() throws Exception {
    long open = driver.open();
    CudaGpu gpu = FakeGpu.open(driver);
    Timer timer = gpu.timer();
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      assertTrue(other.submit(() -> timer.seconds(() -> {})).get() >= 0);
    }
    try (ExecutorService third = Executors.newSingleThreadExecutor()) {
      third.submit(timer::close).get();
    }
    try (ExecutorService fourth = Executors.newSingleThreadExecutor()) {
      fourth.submit(gpu::close).get();
    }
    assertEquals(open, driver.open());
  }

  /** One that cannot be given back does not keep the others. */
  @Test
  void oneThatIsNotGivenBackKeepsNoOtherOne() {
    long open = driver.open();
    CudaGpu gpu = FakeGpu.open(driver);
    driver.fail("cuEventDestroy_v2", 1, NOT_SUPPORTED);
    var e = assertThrows(CudaException.class, gpu::close);
    assertTrue(e.getMessage().contains("cuEventDestroy"), e.getMessage());
    assertEquals(open + 1, driver.open());
  }
}
