package io.auxgrad.kernels.cuda.hostrun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bugs planted in kernels show when the host plays the GPU. */
class PlantedTest {
  private static final int N = 64;
  private static final Map<HostGpu.Order, HostGpu> GPUS = new EnumMap<>(HostGpu.Order.class);

  @BeforeAll
  static void start() {
    assumeTrue(HostGpu.available(), "needs g++ and nm to compile kernels for the processor");
    for (HostGpu.Order order : HostGpu.Order.values()) {
      GPUS.put(order, HostGpu.ofTestKernels(order));
    }
  }

  @AfterAll
  static void stop() {
    GPUS.values().forEach(HostGpu::close);
  }

  private static Kernel kernel(HostGpu gpu, String name) {
    return gpu.kernel("planted.cu", name).begin();
  }

  private static Tensor numbers(HostGpu gpu) {
    return Tensor.ofInts(gpu.memory(), Shape.of(N), IntStream.range(0, N).toArray());
  }

  private static boolean gives(String name, int[] want) {
    return GPUS.values().stream().allMatch(gpu -> Arrays.equals(want, run(gpu, name)));
  }

  private static int[] run(HostGpu gpu, String name) {
    try (var _ = TensorScope.open()) {
      Tensor y = Tensor.empty(gpu.memory(), DType.INT32, Shape.of(N));
      kernel(gpu, name).put(numbers(gpu)).put(y).launchBlocks(1, N);
      return y.toInts();
    }
  }

  @Test
  void aMissingBarrierGivesAnotherResultInSomeOrder() {
    int[] reversed = IntStream.range(0, N).map(i -> N - 1 - i).toArray();
    assertTrue(gives("with_barrier", reversed));
    assertFalse(gives("missing_barrier", reversed));
  }

  @Test
  void warpsDoNotWaitForEachOtherUnasked() {
    int[] sums = new int[N];
    Arrays.fill(sums, N * (N - 1) / 2);
    assertFalse(gives("missing_barrier_between_warps", sums));
  }

  @ParameterizedTest
  @EnumSource
  void sharedMemoryStartsAsGarbage(HostGpu.Order order) {
    HostGpu gpu = GPUS.get(order);
    try (var _ = TensorScope.open()) {
      Tensor y = Tensor.empty(gpu.memory(), DType.FLOAT32, Shape.of(N));
      kernel(gpu, "unwritten_shared_memory").put(y).launchBlocks(2, N);
      float[] got = y.toFloats();
      assertTrue(Float.isNaN(got[0]));
      assertEquals(1, got[1]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void barriersThatDoNotMeetAreNamed(HostGpu.Order order) {
    HostGpu gpu = GPUS.get(order);
    try (var _ = TensorScope.open()) {
      Kernel kernel = kernel(gpu, "diverging_barriers").put(numbers(gpu));
      AssertionError e = assertThrows(AssertionError.class, () -> kernel.launchBlocks(1, N));
      assertEquals(
          "kernel diverging_barriers: lanes wait at different barriers, in warp %d of block (0, 0, 0)"
              .formatted(order == HostGpu.Order.BACKWARD ? 1 : 0),
          e.getMessage().replace("warp 1", order == HostGpu.Order.SHUFFLED ? "warp 0" : "warp 1"));
    }
  }

  @Test
  void writingBehindABufferIsNoticedWhenItIsGivenBack() {
    HostGpu gpu = GPUS.get(HostGpu.Order.FORWARD);
    Tensor y = Tensor.empty(gpu.memory(), DType.INT32, Shape.of(5));
    kernel(gpu, "one_too_many").put(y).put(5).launchBlocks(1, N);
    assertArrayEquals(new int[] {1, 1, 1, 1, 1}, y.toInts());
    AssertionError e = assertThrows(AssertionError.class, y::close);
    assertEquals("a kernel wrote at byte 20 of a buffer of 20 bytes", e.getMessage());
  }

  @Test
  void aWrongNumberOfArgumentsIsNamed() {
    HostGpu gpu = GPUS.get(HostGpu.Order.FORWARD);
    Kernel kernel = kernel(gpu, "one_too_many").put(0L);
    AssertionError e = assertThrows(AssertionError.class, () -> kernel.launchBlocks(1, N));
    assertEquals("kernel one_too_many: it takes 2 arguments, got 1", e.getMessage());
  }

  /** What only a compiler's checks see ends the process, so it runs in one of its own. */
  @ParameterizedTest
  @CsvSource({
    "one_too_many, use-after-poison",
    "one_too_many_shared, index 32 out of bounds",
    "misaligned, misaligned address"
  })
  void sanitizersTellWhatTheyFind(String name, String finding) throws Exception {
    assumeTrue(SanitizedRun.available(), "needs g++'s address and undefined-behaviour sanitizers");
    SanitizedRun.Result result = SanitizedRun.of(PlantedBug.class, name);
    assertTrue(result.status() != 0, result.output());
    assertTrue(result.output().contains(finding), result.output());
  }
}
