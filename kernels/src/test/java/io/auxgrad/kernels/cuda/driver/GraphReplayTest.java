package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.SmallNetwork;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.Readout;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recorded computations as captured graphs, on a driver that does things as late as it may. */
class GraphReplayTest {
  private static final int MANY = 1500;

  private FakeDriver driver;
  private CudaGpu gpu;
  private Backend backend;

  @BeforeEach
  void open() {
    driver = FakeGpu.driverOrSkip();
    driver.lazy(true);
    gpu = FakeGpu.open(driver);
    backend = new CudaBackend(gpu);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      gpu.close();
      assertEquals(0, driver.violations());
      FakeDriver.get();
    }
  }

  @Test
  void aReplayIsOneCallOfTheDriver() {
    try (TensorScope _ = TensorScope.open()) {
      SmallNetwork network = new SmallNetwork(backend);
      network.step();
      network.step();
      try (Replay replay = backend.record(network::step)) {
        String[] none = {
          "cuLaunchKernel",
          "cuStreamSynchronize",
          "cuEventSynchronize",
          "cuMemAllocFromPoolAsync",
          "cuMemHostAlloc",
          "cuMemcpyHtoDAsync_v2"
        };
        long[] before = new long[none.length];
        for (int i = 0; i < none.length; i++) {
          before[i] = driver.calls(none[i]);
        }
        MemoryUsage memory = gpu.memory().usage();
        long launches = driver.calls("cuGraphLaunch");
        for (int i = 0; i < 10; i++) {
          replay.run();
        }
        assertEquals(launches + 10, driver.calls("cuGraphLaunch"));
        for (int i = 0; i < none.length; i++) {
          assertEquals(before[i], driver.calls(none[i]), none[i]);
        }
        assertEquals(memory, gpu.memory().usage());
      }
    }
  }

  @Test
  void manyReplaysTakeNoMemory() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(2), 1, 2);
      Tensor sum = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(2));
      try (Replay replay = backend.record(() -> backend.pointwise().accumulate(sum, x))) {
        Readout last = sum.readLater();
        MemoryUsage before = gpu.memory().usage();
        long pinned = driver.calls("cuMemHostAlloc");
        for (int i = 0; i < MANY; i++) {
          replay.run();
          last.await();
          last = sum.readLater();
        }
        assertArrayEquals(new float[] {MANY + 1, 2 * (MANY + 1)}, last.awaitFloats());
        assertEquals(before, gpu.memory().usage());
        assertEquals(pinned, driver.calls("cuMemHostAlloc"));
      }
    }
  }

  @Test
  void memoryThatWaitsForOtherUsesIsGivenUpForACapture() {
    try (TensorScope _ = TensorScope.open()) {
      gpu.memory().release(gpu.memory().allocate(64 << 20));
      driver.memory(driver.reserved() + (8 << 20));
      Tensor[] large = new Tensor[1];
      Shape shape = Shape.of(8 << 20);
      try (Replay _ =
          backend.record(() -> large[0] = Tensor.zeros(gpu.memory(), DType.FLOAT32, shape))) {
        assertEquals(0, large[0].toFloats()[1]);
      }
    }
  }

  @Test
  void whatTheHostFeedsIsOfItsOwnRun() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor sum = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(1));
      int[] number = new int[1];
      Runnable body =
          () -> {
            // Its memory is free when what is fed is allocated, and written in each run.
            backend.pointwise().unary(UnaryOp.SQUARE, sum).close();
            try (Tensor fed =
                Launch.feed(
                    gpu.memory(), DType.FLOAT32, Shape.of(1), t -> t.set((float) ++number[0]))) {
              backend.pointwise().accumulate(sum, fed);
            }
          };
      List<Readout> readouts = new ArrayList<>();
      body.run();
      readouts.add(sum.readLater());
      try (Replay replay = backend.record(body)) {
        readouts.add(sum.readLater());
        replay.run();
        readouts.add(sum.readLater());
        replay.run();
        readouts.add(sum.readLater());
      }
      for (int i = 0; i < readouts.size(); i++) {
        int steps = i + 1;
        assertEquals(steps * (steps + 1) / 2f, readouts.get(i).awaitFloats()[0], "step " + steps);
      }
    }
  }

  @Test
  void aReadoutIsWhatWasThereAndIsNotWaitedForBefore() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(2), 1, 2);
      long waits = driver.calls("cuStreamSynchronize");
      List<Readout> readouts = new ArrayList<>();
      // More than there are slots.
      for (int i = 0; i < 7; i++) {
        readouts.add(x.readLater());
        x.set(10f * i, i);
      }
      assertFalse(readouts.getLast().isHere());
      assertArrayEquals(new float[] {1, 2}, readouts.getFirst().awaitFloats());
      for (int i = 1; i < 7; i++) {
        assertArrayEquals(new float[] {10 * (i - 1), i - 1}, readouts.get(i).awaitFloats());
        assertTrue(readouts.get(i).isHere());
      }
      assertEquals(waits, driver.calls("cuStreamSynchronize"));
    }
  }

  /** Its message outlives what the host waited for in between. */
  @Test
  void tellsALabelOutOfRange() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor logits = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(4, 3));
      Tensor labels = Tensor.ofInts(gpu.memory(), Shape.of(4), 0, 1, 1, 2);
      Tensor[] loss = new Tensor[1];
      Runnable body =
          () -> loss[0] = backend.loss().crossEntropy(logits, labels, -1, null, false).loss();
      body.run();
      try (Replay replay = backend.record(body)) {
        gpu.synchronize();
        labels.set(0, 1, 3, 2);
        replay.run();
        Readout readout = loss[0].readLater();
        var e = assertThrows(TensorException.class, readout::await);
        assertTrue(e.getMessage().contains("3 at [2] is outside of [0,3)"), e.getMessage());
        labels.set(0, 1, 2, 2);
        replay.run();
        assertEquals(Math.log(3), loss[0].item(), 1e-6);
      }
    }
  }

  @Test
  void aWeightThatIsChangedHasANewVersion() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor weight = Tensor.of(gpu.memory(), Shape.of(1), 1);
      Tensor read = Tensor.of(gpu.memory(), Shape.of(1), 1);
      try (Replay replay = backend.record(() -> backend.pointwise().accumulate(weight, read))) {
        long before = weight.version();
        long unchanged = read.version();
        replay.run();
        assertTrue(weight.version() > before);
        assertEquals(unchanged, read.version());
      }
    }
  }

  @Test
  void refusesWhatTheHostWaitsForAndGoesOn() {
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = Tensor.of(gpu.memory(), Shape.of(1), 4);
      assertThrows(IllegalStateException.class, () -> backend.record(x::item));
      assertEquals(4, x.item());
    }
  }
}
