package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.MemoryUsage;
import io.auxgrad.tensor.OutOfDeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CudaMemoryTest {
  private static final long MIB = 1 << 20;

  private FakeDriver driver;
  private CudaGpu gpu;
  private CudaMemory memory;

  @BeforeEach
  void open() {
    driver = FakeGpu.driverOrSkip();
    gpu = FakeGpu.open(driver);
    memory = (CudaMemory) gpu.memory();
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
  void usesBuffersAgainWithoutTheDriver() {
    memory.release(memory.allocate(1000));
    long before = driver.calls("cuMemAllocFromPoolAsync");
    for (int i = 0; i < 100; i++) {
      memory.release(memory.allocate(1000));
    }
    assertEquals(before, driver.calls("cuMemAllocFromPoolAsync"));
    assertEquals(0, driver.calls("cuMemFreeAsync"));
  }

  @Test
  void countsWhatIsInUse() {
    MemoryUsage before = memory.usage();
    Buffer a = memory.allocate(MIB);
    Buffer b = memory.allocate(MIB);
    memory.release(a);
    MemoryUsage usage = memory.usage();
    assertEquals(MIB, usage.live() - before.live());
    assertEquals(2 * MIB, usage.peak());
    assertTrue(usage.reserved() >= 2 * MIB);
    memory.release(b);
    assertEquals(before.live(), memory.usage().live());
    memory.trim();
    assertEquals(0, memory.usage().reserved());
  }

  @Test
  void freesWhatWaitsBeforeItSaysThatMemoryIsUsedUp() {
    memory.trim();
    driver.memory(memory.usage().reserved() + 10 * MIB);
    memory.release(memory.allocate(6 * MIB));
    Buffer large = memory.allocate(9 * MIB);
    memory.release(large);
  }

  @Test
  void saysWhatWasAskedForAndWhatThereIs() {
    memory.trim();
    driver.memory(10 * MIB);
    Buffer used = memory.allocate(6 * MIB);
    var e = assertThrows(OutOfMemoryError.class, () -> memory.allocate(5 * MIB));
    // Other tests lose devices, and with them memory.
    assertEquals(
        "cuda:0: 5 MiB were asked for; of 10 MiB, 4 MiB are free, and this process has 6 MiB in use and holds 6 MiB: use a smaller batch or size, or end what else uses the GPU",
        e.getMessage().replace("4.0 MiB", "4 MiB"));
    memory.release(used);
    memory.release(memory.allocate(5 * MIB));
  }

  @Test
  void namesTheTensorThatDidNotFitAndTheLargestOnes() {
    memory.trim();
    driver.memory(10 * MIB);
    try (var _ = TensorScope.open()) {
      Tensor.empty(memory, DType.UINT8, Shape.of(3, 2 << 20));
      Shape wanted = Shape.of(5 << 20);
      var e =
          assertThrows(OutOfDeviceMemory.class, () -> Tensor.empty(memory, DType.UINT8, wanted));
      assertTrue(
          e.getMessage().startsWith("cuda:0: 5 MiB were asked for; of 10 MiB"), e::getMessage);
      assertTrue(
          e.getMessage()
              .contains(
                  " (for UINT8[5242880]); the largest tensors: 1 x UINT8[3,2097152]@cuda:0, 6 MiB"),
          e::getMessage);
    }
  }

  @Test
  void refusesABufferThatWasReleased() {
    Buffer buffer = memory.allocate(10);
    memory.release(buffer);
    assertThrows(IllegalStateException.class, () -> memory.release(buffer));
  }

  @Test
  void clearsNoMoreThanItIsTold() {
    Buffer buffer = memory.allocate(104);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ones = arena.allocate(104).fill((byte) 1);
      memory.upload(ones, buffer);
      memory.clear(buffer, 100);
      MemorySegment got = arena.allocate(104);
      memory.download(buffer, got);
      assertEquals(100, got.mismatch(arena.allocate(104)));
    }
    memory.release(buffer);
  }

  @Test
  void aRecordingHasMemoryOfItsOwn() {
    Buffer buffer = memory.allocate(1000);
    long address = buffer.address();
    memory.release(buffer);
    DeviceMemory other = memory.forRecording();
    Buffer own = other.allocate(1000);
    assertNotEquals(address, own.address());
    other.release(own);
  }

  /** A recording goes on writing to what it gave back. */
  @Test
  void aRecordingKeepsItsFreeBuffersWhereTheGpuIsFull() {
    memory.trim();
    driver.memory(memory.usage().reserved() + 10 * MIB);
    DeviceMemory own = memory.forRecording();
    Buffer given = own.allocate(2 * MIB);
    long address = given.address();
    own.release(given);
    memory.release(memory.allocate(6 * MIB));
    Buffer large = own.allocate(7 * MIB);
    Buffer again = own.allocate(2 * MIB);
    assertEquals(address, again.address());
    own.release(again);
    own.release(large);
    own.trim();
  }

  @Test
  void guardsTellWhoWritesTooFar() {
    var guarded = new GuardedMemory(memory);
    Buffer buffer = guarded.allocate(10);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment got = arena.allocate(10);
      guarded.download(buffer, got);
      assertTrue(Float.isNaN(got.get(ValueLayout.JAVA_FLOAT, 4)));
      guarded.release(buffer);
      Buffer broken = guarded.allocate(10);
      guarded.upload(arena.allocate(12), broken);
      var e = assertThrows(IllegalStateException.class, () -> guarded.release(broken));
      assertTrue(e.getMessage().endsWith("was written past its end, at byte 10"));
      assertTrue(e.getCause().getMessage().contains("the buffer was made here"));
    }
  }
}
