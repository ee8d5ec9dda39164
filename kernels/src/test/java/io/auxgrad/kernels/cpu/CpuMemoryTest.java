package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Buffer;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CpuMemoryTest {
  private final CpuMemory memory = new CpuMemory(false);

  @Test
  void buffersAreAlignedAndLargeEnough() {
    for (long bytes : new long[] {0, 1, 63, 64, 65, 4097, 100_000, 40 << 20}) {
      Buffer buffer = memory.allocate(bytes);
      assertEquals(0, buffer.address() % 64);
      assertTrue(buffer.capacity() >= bytes);
      assertEquals(buffer.capacity(), buffer.host().byteSize());
      memory.release(buffer);
    }
  }

  @Test
  void buffersInUseNeverOverlapAndRoomIsFoundAgain() {
    long seed = 17;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Buffer> buffers = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (buffers.size() < 200 && random.nextInt(5) < 3) {
        Buffer fresh = memory.allocate(random.nextInt(1, 1 << random.nextInt(4, 20)));
        assertTrue(buffers.stream().noneMatch(other -> overlap(fresh, other)));
        buffers.add(fresh);
      } else if (!buffers.isEmpty()) {
        memory.release(buffers.remove(random.nextInt(buffers.size())));
      }
    }
    long live = buffers.stream().mapToLong(Buffer::capacity).sum();
    assertEquals(live, memory.usage().live());
    buffers.forEach(memory::release);
    assertEquals(0, memory.usage().live());
    memory.trim();
    assertEquals(0, memory.usage().reserved());
    assertTrue(memory.usage().peak() >= live);
  }

  @Test
  void freedRoomIsReusedForAnotherSize() {
    Buffer first = memory.allocate(10 << 20);
    Buffer second = memory.allocate(10 << 20);
    long reserved = memory.usage().reserved();
    memory.release(first);
    memory.release(second);
    Buffer both = memory.allocate(20 << 20);
    assertEquals(reserved, memory.usage().reserved());
    memory.release(both);
  }

  @Test
  void aRecordingTakesFreeRoomFirstAndGivesAllBack() {
    Buffer before = memory.allocate(10 << 20);
    Buffer free = memory.allocate(10 << 20);
    Buffer behind = memory.allocate(64 << 10);
    long reserved = memory.usage().reserved();
    memory.release(free);
    CpuMemory recorded = memory.forRecording();
    Buffer large = recorded.allocate(10 << 20);
    Buffer small = recorded.allocate(1 << 10);
    assertEquals(free.address(), large.address());
    assertEquals(reserved, memory.usage().reserved() + recorded.usage().reserved());
    recorded.release(large);
    Buffer mine = memory.allocate(10 << 20);
    assertFalse(overlap(large, mine));
    memory.release(mine);
    recorded.release(small);
    recorded.trim();
    assertEquals(0, recorded.usage().reserved());
    memory.release(before);
    memory.release(behind);
    memory.trim();
    assertEquals(0, memory.usage().reserved());
  }

  @Test
  void theHostSeesWhatWasAskedFor() {
    Buffer buffer = memory.allocate(1 << 20);
    buffer.host().set(ValueLayout.JAVA_BYTE, buffer.capacity() - 1, (byte) 7);
    memory.clear(buffer, buffer.capacity());
    assertEquals(0, buffer.host().get(ValueLayout.JAVA_BYTE, buffer.capacity() - 1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> buffer.host().get(ValueLayout.JAVA_BYTE, buffer.capacity()));
    memory.release(buffer);
  }

  @Test
  void releasingTwiceIsTold() {
    Buffer buffer = memory.allocate(100);
    memory.release(buffer);
    assertThrows(IllegalStateException.class, () -> memory.release(buffer));
  }

  @Test
  void guardsTellAWriteBehindTheEnd() {
    CpuMemory guarded = new CpuMemory(true);
    Buffer buffer = guarded.allocate(100);
    assertTrue(Float.isNaN(buffer.host().get(ValueLayout.JAVA_FLOAT, 96)));
    assertEquals(100, buffer.capacity());
    NativeHeap.view(buffer.address(), 128).set(ValueLayout.JAVA_BYTE, 103, (byte) 1);
    var e = assertThrows(IllegalStateException.class, () -> guarded.release(buffer));
    assertTrue(e.getMessage().contains("buffer of 100 bytes"), e.getMessage());
    assertTrue(e.getMessage().contains("at byte 103"), e.getMessage());
  }

  @Test
  void guardsAcceptWritesUpToTheEnd() {
    CpuMemory guarded = new CpuMemory(true);
    Buffer buffer = guarded.allocate(100);
    guarded.clear(buffer, 100);
    guarded.release(buffer);
  }

  private static boolean overlap(Buffer a, Buffer b) {
    return a.address() < b.address() + b.capacity() && b.address() < a.address() + a.capacity();
  }
}
