package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The GPU as the backend sees it, on the driver's stand-in. */
class CudaGpuTest {
  private static final int ILLEGAL_ADDRESS = 700;

  private FakeDriver driver;
  private long reservedBefore;

  @BeforeEach
  void reset() {
    driver = FakeGpu.driverOrSkip();
    reservedBefore = driver.reserved();
  }

  @AfterEach
  void leaveNothingSet() {
    if (driver != null) {
      FakeDriver.get();
    }
  }

  @Test
  void computes() {
    try (CudaGpu gpu = FakeGpu.open(driver);
        TensorScope _ = TensorScope.open()) {
      var backend = new CudaBackend(gpu);
      Tensor x = Tensor.of(gpu.memory(), Shape.of(3), -1, 2, -3);
      assertArrayEquals(
          new float[] {0, 2, 0}, backend.pointwise().unary(UnaryOp.RELU, x).toFloats());
    }
    assertEquals(0, driver.violations());
    assertEquals(reservedBefore, driver.reserved());
  }

  @Test
  void describesItself() {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      assertEquals(
          "cuda:0, Pretended GPU 0, sm_90, 2 multiprocessors, 1 GiB, driver for CUDA 13.0, NVRTC"
              + " 13.0, convolutions and products of matrices by kernels of its own",
          gpu.describe());
    }
  }

  /** The pretended one has two; with another number sums would come out in other digits. */
  @Test
  void workIsCutAlikeForAllModels() {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      assertEquals(2, gpu.info().multiprocessors());
      assertEquals(132, gpu.multiprocessors());
    }
  }

  @Test
  void namesTheDevicesThereAre() {
    driver.devices(2);
    var e = assertThrows(CudaException.class, () -> CudaGpu.choose(DeviceInfo.list(), 2));
    assertTrue(e.getMessage().startsWith("there is no device cuda:2, only"), e.getMessage());
    assertTrue(e.getMessage().contains("cuda:1, Pretended GPU 1"), e.getMessage());
  }

  @Test
  void saysThatThereIsNoGpu() {
    driver.devices(0);
    var e = assertThrows(CudaException.class, DeviceInfo::list);
    assertTrue(e.getMessage().startsWith("the driver shows no GPU: CUDA_ERROR_NO_DEVICE"));
  }

  @Test
  void saysThatTheCompilerIsMissingAndHowToGetIt() {
    var e = assertThrows(CudaException.class, () -> CudaGpu.open(driver.libraries(), 0));
    assertTrue(
        e.getMessage().startsWith("libnvrtc.so.13 or libnvrtc.so.12 (the compiler of kernels)"),
        e.getMessage());
    assertTrue(e.getMessage().contains("pip install nvidia-cuda-nvrtc"), e.getMessage());
  }

  @Test
  void refusesAnOldDriver() {
    driver.version(11_080);
    var e = assertThrows(CudaException.class, DeviceInfo::list);
    assertEquals(
        "the driver knows CUDA up to 11.8; 12.0 is the oldest that serves: install a newer driver",
        e.getMessage());
  }

  @Test
  void refusesAGpuWithoutMemoryPools() {
    driver.pools(false);
    var e = assertThrows(CudaException.class, () -> FakeGpu.open(driver));
    assertTrue(e.getMessage().contains("memory pool"), e.getMessage());
  }

  @Test
  void closesWhatItOpenedWhenItCannotStart() {
    driver.fault("canary", ILLEGAL_ADDRESS);
    assertThrows(CudaException.class, () -> FakeGpu.open(driver));
    driver = FakeDriver.get();
    driver.fail("cuModuleLoadData", 1, 200);
    var e = assertThrows(CudaException.class, () -> FakeGpu.open(driver));
    assertTrue(e.getMessage().contains("loading the kernels of canary.cu, compiled for sm_90"));
    assertEquals(0, e.getSuppressed().length);
    assertEquals(1, driver.calls("cuDevicePrimaryCtxRelease_v2"));
  }

  @Test
  void anErrorOfAKernelNamesTheSuspectsAndIsRemembered() {
    CudaGpu gpu = FakeGpu.open(driver);
    try (TensorScope _ = TensorScope.open()) {
      var pointwise = new CudaBackend(gpu).pointwise();
      Tensor x = Tensor.of(gpu.memory(), Shape.of(2), 1, 2);
      driver.fault("relu_f32", ILLEGAL_ADDRESS);
      Tensor y = pointwise.binary(BinaryOp.ADD, pointwise.unary(UnaryOp.RELU, x), x);
      var first = assertThrows(CudaException.class, y::toFloats);
      assertTrue(
          first.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS (text of the driver)"),
          first.getMessage());
      assertTrue(
          first.getMessage().contains("the last first: add_f32_f32, relu_f32."),
          first.getMessage());
      var second = assertThrows(CudaException.class, () -> pointwise.unary(UnaryOp.EXP, x));
      assertEquals(
          "cuda:0 cannot be used by this process any more, since " + first.getMessage(),
          second.getMessage());
    }
    gpu.close();
  }

  @Test
  void inDebugModeAnErrorNamesItsKernel() {
    System.setProperty(CudaGpu.DEBUG, "true");
    try (TensorScope _ = TensorScope.open();
        CudaGpu gpu = FakeGpu.open(driver)) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(2), 1, 2);
      driver.fault("relu_f32", ILLEGAL_ADDRESS);
      var e =
          assertThrows(
              CudaException.class, () -> new CudaBackend(gpu).pointwise().unary(UnaryOp.RELU, x));
      assertEquals(
          "kernel relu_f32 failed on cuda:0: CUDA_ERROR_ILLEGAL_ADDRESS (text of the driver)",
          e.getMessage());
    } finally {
      System.clearProperty(CudaGpu.DEBUG);
    }
  }

  @Test
  void aLaunchThatIsRefusedSaysWhatItWas() {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      Kernel kernel = gpu.kernel(Canary.FILE, "nothing");
      var e = assertThrows(CudaException.class, () -> kernel.begin().launchGrid(1, 2, 3, 2000));
      assertTrue(
          e.getMessage()
              .startsWith(
                  "launching kernel nothing in 1 x 2 x 3 blocks of 2000 threads failed on cuda:0"),
          e.getMessage());
      kernel.begin().launchBlocks(1, 32);
      gpu.synchronize();
    }
  }

  @Test
  void countsArguments() {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      Kernel kernel = gpu.kernel(Canary.FILE, "canary");
      assertSame(kernel, gpu.kernel(Canary.FILE, "canary"));
      var e =
          assertThrows(
              IllegalStateException.class, () -> kernel.begin().put(0L).launchBlocks(1, 32));
      assertEquals("kernel canary takes 2 arguments, got 1", e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> gpu.kernel(Canary.FILE, "unknown"));
    }
  }

  @Test
  @SuppressWarnings("restricted")
  void tellsTheFaultThatAKernelReports() {
    try (TensorScope _ = TensorScope.open();
        CudaGpu gpu = FakeGpu.open(driver)) {
      int number = gpu.faults().expect((value, place) -> "value " + value + " at " + place);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment report = arena.allocate(16, 8);
        report.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, number);
        report.set(java.lang.foreign.ValueLayout.JAVA_INT, 4, 7);
        report.set(java.lang.foreign.ValueLayout.JAVA_LONG, 8, 40L);
        MemorySegment.ofAddress(gpu.faults().address()).reinterpret(16).copyFrom(report);
      }
      var e = assertThrows(TensorException.class, gpu::synchronize);
      assertEquals("value 7 at 40", e.getMessage());
      gpu.synchronize();
    }
  }

  @Test
  void everyThreadMayUseIt() throws Exception {
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      Callable<float[]> work =
          () -> {
            try (TensorScope _ = TensorScope.open()) {
              return Tensor.of(gpu.memory(), Shape.of(2), 1, 2).toFloats();
            }
          };
      List<ExecutorService> kinds =
          List.of(Executors.newSingleThreadExecutor(), Executors.newVirtualThreadPerTaskExecutor());
      for (ExecutorService kind : kinds) {
        try (kind) {
          assertArrayEquals(new float[] {1, 2}, kind.submit(work).get());
        }
      }
    }
  }

  /** Each driver function that may fail is made to fail once; each time there is one error. */
  @Test
  void everyFailedCallIsAnError() {
    for (String function :
        List.of(
            "cuCtxSetCurrent",
            "cuDeviceGetAttribute",
            "cuDevicePrimaryCtxRetain",
            "cuEventCreate",
            "cuEventRecord",
            "cuEventSynchronize",
            "cuFuncGetParamInfo",
            "cuLaunchKernel",
            "cuMemAllocFromPoolAsync",
            "cuMemHostAlloc",
            "cuMemHostGetDevicePointer_v2",
            "cuMemPoolCreate",
            "cuMemPoolSetAttribute",
            "cuMemcpyDtoHAsync_v2",
            "cuMemsetD8Async",
            "cuModuleGetFunction",
            "cuModuleLoadData",
            "cuStreamCreate",
            "cuStreamSynchronize")) {
      driver = FakeDriver.get();
      driver.fail(function, 1, 801);
      var e = assertThrows(CudaException.class, () -> FakeGpu.open(driver).close(), function);
      assertTrue(e.getMessage().endsWith("status 801"), e.getMessage());
      assertEquals(reservedBefore, driver.reserved(), function);
    }
  }

  @Test
  void measures() {
    driver.memory(reservedBefore + (128L << 20));
    try (CudaGpu gpu = FakeGpu.open(driver)) {
      Speeds speeds = gpu.measure();
      List<Double> all = new ArrayList<>();
      all.add(speeds.copyOnDevice());
      all.add(speeds.copyToDevice());
      all.add(speeds.copyToHost());
      all.add(speeds.launchSeconds());
      all.add(speeds.hostLaunchSeconds());
      all.forEach(v -> assertTrue(v > 0 && Double.isFinite(v), speeds.toString()));
    }
  }

  @Test
  void aLaunchCostsTheHostLessThanAMicrosecond() {
    try (CudaGpu gpu = FakeGpu.open(driver);
        TensorScope _ = TensorScope.open()) {
      Kernel kernel = gpu.kernel("pointwise.cu", "affine_f32");
      Tensor x = Tensor.empty(gpu.memory(), DType.FLOAT32, Shape.of(1000));
      driver.skipKernels();
      double best = Double.POSITIVE_INFINITY;
      for (int batch = 0; batch < 50; batch++) {
        long start = System.nanoTime();
        for (int i = 0; i < 2000; i++) {
          kernel.begin().put(x).put(x).put(1000L).put(2f).put(1f).launch(1000, 4);
        }
        best = Math.min(best, (System.nanoTime() - start) / 2000.0);
      }
      System.out.printf("a launch of five arguments: %.0f ns%n", best);
      assertTrue(best < 1000, "a launch takes the host " + best + " ns");
    }
  }
}
