package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.SmallNetwork;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Stopwatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds on any GPU, the real ones and the driver's stand-in. */
abstract class DriverContract {
  private static final long MIB = 1 << 20;
  private static final int STEPS_OF_A_GRAPH = 8;

  private CudaGpu gpu;

  /** A GPU of its own for each test, or skips it. */
  abstract CudaGpu openOrSkip();

  /** How long a training has to be before its memory counts as flat. */
  abstract int steps();

  final CudaGpu gpu() {
    return gpu;
  }

  @BeforeEach
  final void open() {
    gpu = openOrSkip();
  }

  @AfterEach
  final void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @Test
  void theCanarySings() {
    Canary.run(gpu);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 4095, 4 * MIB + 1, 70 * MIB + 13})
  void copiesOrdinaryMemoryBothWays(long bytes) {
    Buffer buffer = gpu.memory().allocate(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sent = random(arena.allocate(bytes));
      MemorySegment got = arena.allocate(bytes);
      gpu.memory().upload(sent, buffer);
      gpu.memory().download(buffer, got);
      assertEquals(-1, sent.mismatch(got));
    } finally {
      gpu.memory().release(buffer);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4095, 16 * MIB + 5})
  void copiesPinnedMemoryBothWaysAndOnTheDevice(long bytes) {
    Stream stream = gpu.stream();
    Driver driver = stream.context().driver();
    Buffer one = gpu.memory().allocate(bytes);
    Buffer other = gpu.memory().allocate(bytes);
    try (PinnedMemory sent = new PinnedMemory(stream.context(), bytes);
        PinnedMemory got = new PinnedMemory(stream.context(), bytes)) {
      random(sent.segment());
      long from = sent.segment().address();
      long to = got.segment().address();
      succeed(driver.copyToDevice(one.address(), from, bytes, stream.address()));
      succeed(driver.copyOnDevice(other.address(), one.address(), bytes, stream.address()));
      succeed(driver.copyToHost(to, other.address(), bytes, stream.address()));
      gpu.synchronize();
      assertEquals(-1, sent.segment().mismatch(got.segment()));
    } finally {
      gpu.memory().release(one);
      gpu.memory().release(other);
    }
  }

  @Test
  void clearsExactlyWhatItIsTold() {
    Buffer buffer = gpu.memory().allocate(1000);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ones = arena.allocate(1000).fill((byte) 1);
      gpu.memory().upload(ones, buffer);
      gpu.memory().clear(buffer, 777);
      MemorySegment got = arena.allocate(1000);
      gpu.memory().download(buffer, got);
      ones.asSlice(0, 777).fill((byte) 0);
      assertEquals(-1, ones.mismatch(got));
    } finally {
      gpu.memory().release(buffer);
    }
  }

  @Test
  void eventsTellMoreWorkFromLess() {
    Buffer buffer = gpu.memory().allocate(64 * MIB);
    try (Timer timer = gpu.timer()) {
      timer.seconds(() -> clear(buffer, 1));
      double one = timer.seconds(() -> clear(buffer, 1));
      double many = timer.seconds(() -> clear(buffer, 32));
      assertTrue(one > 0 && many > 4 * one, one + " s and " + many + " s");
    } finally {
      gpu.memory().release(buffer);
    }
  }

  @Test
  void aStopwatchTellsStretchesApartWithoutWaiting() {
    Buffer buffer = gpu.memory().allocate(64 * MIB);
    try (Stopwatch watch = gpu.stopwatch()) {
      assertEquals(0, watch.seconds().length);
      for (int round = 0; round < 2; round++) {
        for (int times : new int[] {1, 32, 1}) {
          watch.start();
          clear(buffer, times);
          watch.stop();
        }
        double[] seconds = watch.seconds();
        assertEquals(3, seconds.length);
        assertTrue(seconds[0] > 0 && seconds[1] > 4 * seconds[2], Arrays.toString(seconds));
      }
    } finally {
      gpu.memory().release(buffer);
    }
  }

  private void clear(Buffer buffer, int times) {
    for (int i = 0; i < times; i++) {
      gpu.memory().clear(buffer, buffer.capacity());
    }
  }

  @Test
  void aGraphGivesTheBytesThatItsOpsGive() {
    try (TensorScope _ = TensorScope.open()) {
      SmallNetwork eager = new SmallNetwork(new CudaBackend(gpu));
      SmallNetwork replayed = new SmallNetwork(new CudaBackend(gpu));
      eager.step();
      replayed.step();
      try (Graph graph = gpu.capture(replayed::step)) {
        for (int i = 0; i < STEPS_OF_A_GRAPH; i++) {
          eager.step();
          graph.launch();
        }
        List<float[]> want = eager.values();
        List<float[]> got = replayed.values();
        for (int i = 0; i < want.size(); i++) {
          assertArrayEquals(want.get(i), got.get(i), "parameter " + i);
        }
        assertEquals(eager.loss(), replayed.loss());
      }
    }
  }

  @Test
  void aRecordedTrainingIsAnEagerOneAndTakesNoMemory() {
    try (TensorScope _ = TensorScope.open()) {
      CudaBackend backend = new CudaBackend(gpu);
      SmallNetwork eager = new SmallNetwork(backend);
      SmallNetwork recorded = new SmallNetwork(backend);
      recorded.step();
      recorded.step();
      try (Replay replay = backend.record(recorded::step)) {
        // The graph keeps memory, so that eager steps need some of their own from here on.
        for (int i = 0; i < 3; i++) {
          eager.step();
        }
        MemoryUsage before = gpu.memory().usage();
        for (int i = 0; i < steps() / 2; i++) {
          eager.step();
          replay.run();
        }
        assertEquals(before, gpu.memory().usage());
        List<float[]> want = eager.values();
        List<float[]> got = recorded.values();
        for (int i = 0; i < want.size(); i++) {
          assertArrayEquals(want.get(i), got.get(i), "parameter " + i);
        }
      }
    }
  }

  @Test
  void trainingNeedsNoMoreMemoryInTheEndThanInTheBeginning() {
    try (TensorScope _ = TensorScope.open()) {
      SmallNetwork network = new SmallNetwork(new CudaBackend(gpu));
      network.step();
      float firstLoss = network.loss();
      for (int i = 0; i < steps() / 10; i++) {
        network.step();
      }
      MemoryUsage before = gpu.memory().usage();
      long freeBefore = free();
      for (int i = 0; i < steps(); i++) {
        network.step();
      }
      assertTrue(network.loss() < firstLoss, network.loss() + " after " + firstLoss);
      assertEquals(before, gpu.memory().usage());
      long taken = freeBefore - free();
      System.out.printf("%d steps took %d bytes of the GPU for good%n", steps(), taken);
      // The driver keeps code and queues of its own, and other processes may use the GPU.
      assertTrue(taken <= 4 * MIB, taken + " bytes");
    }
  }

  @Test
  void tellsALabelOutOfRangeAndGoesOn() {
    try (TensorScope _ = TensorScope.open()) {
      var loss = new CudaBackend(gpu).loss();
      Tensor logits = Tensor.zeros(gpu.memory(), DType.FLOAT32, Shape.of(4, 3));
      Tensor labels = Tensor.ofInts(gpu.memory(), Shape.of(4), 0, 1, 3, 2);
      Tensor wrong = loss.crossEntropy(logits, labels, -1, null, false).loss();
      var e = assertThrows(TensorException.class, wrong::item);
      assertTrue(e.getMessage().contains("3 at [2] is outside of [0,3)"), e.getMessage());
      labels.set(0, 1, 2, 2);
      assertEquals(
          Math.log(3), loss.crossEntropy(logits, labels, -1, null, false).loss().item(), 1e-6);
    }
  }

  @Test
  void saysWhatWasAskedForWhenMemoryIsUsedUpAndGoesOn() {
    long total = gpu.info().memoryBytes();
    var e = assertThrows(OutOfMemoryError.class, () -> gpu.memory().allocate(2 * total));
    String asked = "cuda:0: " + Bytes.text(2 * total) + " were asked for; of ";
    assertTrue(e.getMessage().startsWith(asked), e.getMessage());
    assertTrue(e.getMessage().contains(" are free, and this process has "), e.getMessage());
    Canary.run(gpu);
  }

  /** By the driver's count. */
  private long free() {
    gpu.synchronize();
    long[] free = new long[1];
    succeed(JCudaDriver.cuMemGetInfo(free, new long[1]));
    return free[0];
  }

  private static void succeed(int status) {
    assertEquals(CUresult.CUDA_SUCCESS, status);
  }

  private static MemorySegment random(MemorySegment segment) {
    Philox random = new Philox(20260101, segment.byteSize());
    for (long at = 0; at < segment.byteSize(); at++) {
      segment.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
    }
    return segment;
  }
}
