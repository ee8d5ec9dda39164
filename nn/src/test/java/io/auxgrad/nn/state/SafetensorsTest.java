package io.auxgrad.nn.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.Golden;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class SafetensorsTest {
  private static final String QUOTED = "n\u00e4me \"quoted\" \\ ";

  private final DeviceMemory memory = Backends.cpu().memory();

  @TempDir private Path folder;

  @Test
  void readsWhatPythonWrites() throws IOException {
    try (SafetensorsFile file = Golden.open("interchange");
        var _ = TensorScope.open()) {
      assertEquals(Map.of("made by", "safetensors for Python"), file.metadata());
      assertEquals(8, file.entries().size());
      float[] floats = {0.5f, -1.25f, 3e38f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, -0f};
      assertArrayEquals(floats, file.read("floats", memory).toFloats());
      assertEquals(Shape.of(2, 3), file.read("floats", memory).shape());
      int[] ints = {Integer.MIN_VALUE, 0, Integer.MAX_VALUE};
      assertArrayEquals(ints, file.read("ints", memory).toInts());
      assertArrayEquals(new byte[] {0, 127, -1}, file.read("bytes", memory).toBytes());
      assertEquals(42, file.read("scalar", memory).item());
      assertEquals(Shape.of(0, 3), file.read("empty", memory).shape());
      assertEquals(7, file.read(QUOTED, memory).item());
      ByteBuffer doubles = raw(file.read("doubles", memory));
      assertEquals(1.0 / 3, doubles.getDouble());
      assertEquals(-1e300, doubles.getDouble());
      ByteBuffer halves = raw(file.read("halves", memory));
      assertEquals(1f, Float.intBitsToFloat(halves.getShort() << 16));
      assertEquals(-2.5f, Float.intBitsToFloat(halves.getShort() << 16));
    }
  }

  @Test
  void writesTheBytesThatPythonWrites() throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    try (SafetensorsFile file = Golden.open("interchange");
        var _ = TensorScope.open()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (String name : file.entries().keySet()) {
        tensors.put(name, file.read(name, memory));
      }
      Safetensors.write(copy, tensors, file.metadata());
    }
    assertArrayEquals(Files.readAllBytes(Golden.path("interchange")), Files.readAllBytes(copy));
  }

  @Test
  void theOrderOfTheMapsDoesNotMatter() throws IOException {
    Path first = folder.resolve("1");
    Path second = folder.resolve("2");
    try (Tensor a = Tensor.of(memory, Shape.of(2), 1, 2);
        Tensor b = Tensor.ofBytes(memory, Shape.of(3), (byte) 1, (byte) 2, (byte) 3)) {
      Safetensors.write(first, ordered("a", a, "b", b), ordered("x", "1", "y", "2"));
      Safetensors.write(second, ordered("b", b, "a", a), ordered("y", "2", "x", "1"));
    }
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    long header =
        ByteBuffer.wrap(Files.readAllBytes(first)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
  }

  @Test
  void aFullDiskIsReported() {
    WritableByteChannel full = new FailingChannel(100);
    try (Tensor t = Tensor.zeros(memory, DType.FLOAT32, Shape.of(1000))) {
      assertThrows(IOException.class, () -> Safetensors.encode(Map.of("t", t), Map.of(), full));
    }
  }

  @Test
  void aFolderIsNamedAsUnreadable() {
    var error = assertThrows(IOException.class, () -> Safetensors.open(folder));
    assertTrue(error.getMessage().contains(folder.toString()), error.getMessage());
  }

  @Test
  void theReservedNameIsRefused() {
    try (Tensor t = Tensor.of(memory, Shape.scalar(), 1)) {
      Path file = folder.resolve("reserved");
      assertThrows(
          IllegalArgumentException.class,
          () -> Safetensors.write(file, Map.of("__metadata__", t), Map.of()));
      assertTrue(Files.notExists(file));
    }
  }

  @Test
  void unknownNamesAndTypesAreNamed() throws IOException {
    Path file = folder.resolve("foreign");
    String entry = "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
    Files.write(file, HostileFileTest.file(entry, 4));
    try (SafetensorsFile open = Safetensors.open(file)) {
      var type = assertThrows(StateException.class, () -> open.read("h", memory));
      assertTrue(type.getMessage().contains("'h' is F16"), type.getMessage());
      var name = assertThrows(StateException.class, () -> open.read("g", memory));
      assertTrue(name.getMessage().contains("no tensor 'g'"), name.getMessage());
      assertEquals(List.of("h"), List.copyOf(open.entries().keySet()));
    }
  }

  private static ByteBuffer raw(Tensor tensor) {
    byte[] bytes = new byte[(int) tensor.byteSize()];
    tensor.getBytes(MemorySegment.ofArray(bytes));
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private static <T> Map<String, T> ordered(String k1, T v1, String k2, T v2) {
    Map<String, T> map = new LinkedHashMap<>();
    map.put(k1, v1);
    map.put(k2, v2);
    return map;
  }

  private static final class FailingChannel implements WritableByteChannel {
    private int room;

    FailingChannel(int room) {
      this.room = room;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int count = Math.min(room, bytes.remaining());
      if (count == 0) {
        throw new IOException("No space left on device");
      }
      room -= count;
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
