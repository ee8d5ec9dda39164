package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies between host and GPU, where streams do nothing before they are waited for. */
class StagingTest {
  private static final long MIB = 1 << 20;

  private FakeDriver driver;
  private CudaGpu gpu;
  private DeviceMemory memory;
  private Arena arena;

  @BeforeEach
  void open() {
    driver = FakeGpu.driverOrSkip();
    gpu = FakeGpu.open(driver);
    memory = gpu.memory();
    arena = Arena.ofConfined();
    driver.lazy(true);
  }

  @AfterEach
  void close() {
    if (gpu != null) {
      arena.close();
      gpu.synchronize();
      driver.lazy(false);
      gpu.close();
      assertEquals(0, driver.violations());
      FakeDriver.get();
    }
  }

  /** More than all pieces hold, and an odd rest; and just what is large. */
  @ParameterizedTest
  @ValueSource(longs = {4, 256 << 10, (256 << 10) - 4, 9 * MIB, 70 * MIB + 12})
  void whatIsUploadedIsDownloaded(long bytes) {
    Buffer buffer = memory.allocate(bytes);
    for (int seed = 1; seed <= 2; seed++) {
      MemorySegment sent = numbers(bytes, seed);
      memory.upload(sent, buffer);
      expect(buffer, numbers(bytes, seed));
    }
    memory.release(buffer);
  }

  @Test
  void uploadsOfEachSizeTakeEffectInTheirOrder() {
    Buffer buffer = memory.allocate(9 * MIB);
    MemorySegment large = numbers(9 * MIB, 1);
    MemorySegment small = numbers(1000, 2);
    memory.upload(small, buffer);
    memory.upload(large, buffer);
    memory.upload(small, buffer);
    MemorySegment.copy(small, 0, large, 0, small.byteSize());
    expect(buffer, large);
    memory.release(buffer);
  }

  /** The host's memory is the caller's again, whatever of it has arrived. */
  @Test
  void theHostsMemoryMayChangeAfterTheUpload() {
    Buffer buffer = memory.allocate(40 * MIB);
    MemorySegment host = numbers(40 * MIB, 1);
    memory.upload(host, buffer);
    host.fill((byte) 0);
    expect(buffer, numbers(40 * MIB, 1));
    memory.release(buffer);
  }

  /** Of any size: pinned memory is used again, and more of the GPU's is set aside. */
  @ParameterizedTest
  @ValueSource(longs = {36 * MIB, 70 * MIB})
  void aLargeUploadPassesByWhatTheGpuIsBusyWith(long bytes) {
    Buffer result = memory.allocate(4);
    Buffer buffer = memory.allocate(bytes);
    memory.clear(result, 4);
    memory.upload(numbers(bytes, 1), buffer);
    assertNotEquals(0, now(result), "the upload waited for what was asked for before it");
    expect(buffer, numbers(bytes, 1));
    assertEquals(0, now(result));
    memory.release(buffer);
    memory.release(result);
  }

  /** A buffer may come from somebody whose last kernel has not run yet. */
  @Test
  void aLargeUploadDoesNotOverwriteWhatIsStillToBeRead() {
    int count = (int) (36 * MIB / Float.BYTES);
    Buffer buffer = memory.allocate(36 * MIB);
    Buffer copy = memory.allocate(36 * MIB);
    Kernel affine = gpu.kernel("pointwise.cu", "affine_f32");
    memory.upload(numbers(36 * MIB, 1), buffer);
    affine.begin().put(buffer).put(copy).put((long) count).put(1f).put(0f).launch(count, 4);
    memory.upload(numbers(36 * MIB, 2), buffer);
    expect(copy, numbers(36 * MIB, 1));
    expect(buffer, numbers(36 * MIB, 2));
    memory.release(copy);
    memory.release(buffer);
  }

  /** Where the GPU has no more to set aside, what there is serves in turns. */
  @Test
  void aLargeUploadGetsByWithTheMemoryThereIs() {
    Buffer buffer = memory.allocate(150 * MIB);
    memory.trim();
    driver.memory(driver.reserved() + 40 * MIB);
    memory.upload(numbers(150 * MIB, 1), buffer);
    expect(buffer, numbers(150 * MIB, 1));
    memory.release(buffer);
  }

  @Test
  void uploadsOneAfterTheOtherKeepWhatIsSetAside() {
    Buffer buffer = memory.allocate(20 * MIB);
    memory.upload(numbers(20 * MIB, 1), buffer);
    long once = driver.reserved();
    for (int seed = 2; seed < 6; seed++) {
      gpu.synchronize();
      memory.upload(numbers(20 * MIB, seed), buffer);
    }
    expect(buffer, numbers(20 * MIB, 5));
    assertEquals(once, driver.reserved());
    memory.release(buffer);
  }

  @Test
  void whereTheGpuIsFullLargeUploadsGoWithoutMemoryOfTheirOwn() {
    memory.trim();
    Buffer buffer = memory.allocate(9 * MIB);
    driver.memory(driver.reserved());
    long before = driver.calls("cuStreamWaitEvent");
    memory.upload(numbers(9 * MIB, 1), buffer);
    expect(buffer, numbers(9 * MIB, 1));
    assertEquals(before, driver.calls("cuStreamWaitEvent"));
    memory.release(buffer);
  }

  /** What an upload is fetched into goes back too, and the next one takes it again. */
  @Test
  void trimGivesBackWhereLargeUploadsLand() {
    Buffer buffer = memory.allocate(9 * MIB);
    memory.trim();
    long before = driver.reserved();
    memory.upload(numbers(9 * MIB, 1), buffer);
    assertTrue(driver.reserved() > before + 9 * MIB, "there was no memory of its own");
    memory.trim();
    assertEquals(before, driver.reserved());
    expect(buffer, numbers(9 * MIB, 1));
    memory.upload(numbers(9 * MIB, 2), buffer);
    expect(buffer, numbers(9 * MIB, 2));
    memory.release(buffer);
  }

  /** Floats of small whole numbers, which differ from place to place and from seed to seed. */
  private MemorySegment numbers(long bytes, int seed) {
    MemorySegment numbers = arena.allocate(bytes, 4);
    for (long i = 0; i < bytes / 4; i++) {
      numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) ((i * 31 + seed) % 1_000_003));
    }
    return numbers;
  }

  private void expect(Buffer buffer, MemorySegment want) {
    MemorySegment got = arena.allocate(want.byteSize());
    memory.download(buffer, got);
    assertEquals(-1, want.mismatch(got));
  }

  /** What the pretended GPU has there at this moment. */
  @SuppressWarnings("restricted")
  private static int now(Buffer buffer) {
    return MemorySegment.ofAddress(buffer.address()).reinterpret(4).get(ValueLayout.JAVA_INT, 0);
  }
}
