package io.auxgrad.kernels.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CudnnStreamTest {
  private static final long MIB = 1 << 20;

  private final TreeSet<Long> asked = new TreeSet<>();

  /** Of each size that was asked for, the GPU's memory keeps a piece. */
  @Test
  void workspacesShareAFewPiecesOfMemory() {
    CudnnStream stream = new CudnnStream(queue(), null, null);
    for (long bytes = MIB; bytes <= 256 * MIB; bytes += MIB) {
      long least = bytes;
      stream.run(
          "meant",
          0,
          bytes,
          workspace -> {
            assertTrue(workspace.value() >= least, "too small");
            return 0;
          });
    }
    long kept = asked.stream().mapToLong(s -> s).sum();
    assertTrue(kept < 512 * MIB, () -> kept / MIB + " MiB are kept: " + asked);
    assertEquals(256 * MIB, asked.last());
  }

  /** The address is the size, as nothing is written. */
  private record Piece(long address) implements Buffer {
    @Override
    public long capacity() {
      return address;
    }

    @Override
    public MemorySegment host() {
      return null;
    }
  }

  private Queue queue() {
    DeviceMemory memory = proxy(DeviceMemory.class, "allocate", bytes -> piece((long) bytes));
    return proxy(Queue.class, "memory", _ -> memory);
  }

  private Piece piece(long bytes) {
    asked.add(bytes);
    return new Piece(bytes);
  }

  /** A {@code T} with {@code method} only; its others do nothing. */
  private static <T> T proxy(Class<T> type, String method, Function<Object, Object> body) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, called, arguments) ->
                called.getName().equals(method)
                    ? body.apply(arguments == null ? null : arguments[0])
                    : null));
  }
}
