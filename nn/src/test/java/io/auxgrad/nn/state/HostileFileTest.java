package io.auxgrad.nn.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.Golden;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are damaged or made to do harm: each gives one clear error. */
@ExtendWith(NoLeaks.class)
class HostileFileTest {
  private static final String A = entry("a", "F32", "2", 0, 8);

  @TempDir private Path folder;

  /** A file of 16 bytes of data whose header is {@code json}. */
  static byte[] file(String json, int dataBytes) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return bytes(text.length, text, dataBytes);
  }

  static Stream<Arguments> hostileHeaders() {
    return Stream.of(
        // Not the JSON of the format.
        Arguments.of("", "claims a header of 0 bytes"),
        Arguments.of("hello there", "not the JSON"),
        Arguments.of("[1,2]", "the header must be START_OBJECT"),
        Arguments.of("{" + A, "not the JSON"),
        Arguments.of("{" + A + "} x", "not the JSON"),
        Arguments.of("{" + A + "} {}", "goes on behind"),
        Arguments.of("{\"a\":3}", "'a' must be START_OBJECT"),
        Arguments.of("{\"a\":{}}", "'a' needs dtype, shape and two data_offsets"),
        Arguments.of("{" + A.replace("}", ",\"x\":1}") + "}", "unknown key 'x'"),
        Arguments.of("{\"a\":{\"dtype\":{\"x\":{\"y\":1}}}}", "dtype of 'a'"),
        Arguments.of("{\"a\":" + "[".repeat(50_000), "'a' must be START_OBJECT"),
        Arguments.of("{\"a\":{\"shape\":" + "[".repeat(50_000), "nesting depth"),
        Arguments.of("{\"__metadata__\":{\"x\":{}}," + A + "}", "'x' of __metadata__"),
        Arguments.of("{\"__metadata__\":7}", "__metadata__ must be START_OBJECT"),
        // Each name and key once.
        Arguments.of("{" + A + "," + A + "}", "Duplicate field 'a'"),
        Arguments.of("{" + A.replace("}", ",\"dtype\":\"F64\"}") + "}", "Duplicate field 'dtype'"),
        Arguments.of("{\"__metadata__\":{},\"__metadata__\":{}," + A + "}", "Duplicate field"),
        // Numbers out of range.
        Arguments.of("{" + entry("a", "F32", "-2", 0, 8) + "}", "negative number -2"),
        Arguments.of("{" + entry("a", "F32", "2", -8, 0) + "}", "negative number -8"),
        Arguments.of("{" + entry("a", "F32", "2", 8, 0) + "}", "not the -8 bytes"),
        Arguments.of("{" + entry("a", "F32", "2.0", 0, 8) + "}", "VALUE_NUMBER_INT"),
        Arguments.of("{" + entry("a", "F32", "1e1", 0, 8) + "}", "VALUE_NUMBER_INT"),
        Arguments.of("{" + entry("a", "F32", "99999999999999999999", 0, 8) + "}", "range of"),
        Arguments.of("{" + entry("a", "F32", "9".repeat(3000), 0, 8) + "}", "Number value length"),
        Arguments.of("{" + entry("a", "F32", "3000000000", 0, 8) + "}", "too large"),
        Arguments.of(
            "{" + entry("a", "F32", "2147483647,2147483647,2147483647", 0, 8) + "}", "too large"),
        Arguments.of("{" + entry("a", "F64", "2147483647,2147483647", 0, 8) + "}", "too large"),
        Arguments.of("{" + entry("a", "F32", "1,".repeat(64) + "1", 0, 4) + "}", "more than 64"),
        // Names that do not belong on a terminal.
        Arguments.of("{\"a\\n\\u001b[2J\":3}", "'a??[2J' must be START_OBJECT"),
        Arguments.of("{\"" + "a".repeat(100_000) + "\":3}", "a...' must be START_OBJECT"),
        Arguments.of("{\"a\":{\"" + "x\\n".repeat(9000) + "\":3}}", "unknown key 'x?x?"),
        // Types and sizes.
        Arguments.of("{" + entry("a", "F31", "2", 0, 8) + "}", "unknown dtype 'F31'"),
        Arguments.of("{" + entry("a", "F64", "2", 0, 8) + "}", "F64 [2], which is not the 8 bytes"),
        Arguments.of("{" + entry("a", "F32", "3", 0, 8) + "}", "F32 [3], which is not the 8 bytes"),
        Arguments.of("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "'a' needs"),
        // Places in the file.
        Arguments.of("{" + A + "}", "8 bytes behind the last tensor"),
        Arguments.of("{}", "16 bytes behind the last tensor"),
        Arguments.of("{" + A + "," + entry("b", "F32", "4", 8, 24) + "}", "it is truncated"),
        Arguments.of("{" + A + "," + entry("b", "F32", "3", 4, 16) + "}", "'b' overlaps that of"),
        Arguments.of("{" + A + "," + entry("b", "F32", "2", 0, 8) + "}", "overlaps"),
        Arguments.of("{" + A + "," + entry("b", "F32", "1", 12, 16) + "}", "4 unused bytes"),
        Arguments.of("{" + entry("a", "F32", "3", 4, 16) + "}", "4 unused bytes"));
  }

  @ParameterizedTest
  @MethodSource("hostileHeaders")
  void aHostileHeaderGivesAClearError(String json, String because) throws IOException {
    assertRejected(file(json, 16), because);
  }

  @Test
  void aHostileLengthGivesAClearError() throws IOException {
    byte[] json = ("{" + A + "}").getBytes(StandardCharsets.UTF_8);
    assertRejected(bytes(Long.MAX_VALUE, json, 8), "claims a header of 9223372036854775807 bytes");
    assertRejected(bytes(-1, json, 8), "claims a header of 18446744073709551615 bytes");
    assertRejected(bytes(1000, json, 8), "its header has 1000 bytes, but only");
    assertRejected(new byte[0], "it has 0 bytes");
    assertRejected(new byte[] {1, 2, 3}, "it has 3 bytes");
  }

  @Test
  void theHeaderMustBeUtf8() throws IOException {
    assertRejected(bytes(4, new byte[] {'{', '"', (byte) 0xC3, '"'}, 0), "not UTF-8");
    byte[] utf16 = ("{" + A + "}").getBytes(StandardCharsets.UTF_16LE);
    assertRejected(bytes(utf16.length, utf16, 8), "not the JSON");
  }

  @Test
  void everyTruncationGivesAnError() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.path("interchange"));
    for (int length = 0; length < whole.length; length++) {
      assertRejected(Arrays.copyOf(whole, length), "");
    }
  }

  @Test
  void aFileThatShrinksWhileItIsReadGivesAnError() throws IOException {
    Path path = folder.resolve("shrinking");
    byte[] whole = file("{" + A + "}", 8);
    Files.write(path, whole);
    try (SafetensorsFile open = Safetensors.open(path);
        var _ = TensorScope.open()) {
      Files.write(path, Arrays.copyOf(whole, whole.length - 1));
      var memory = Backends.cpu().memory();
      var error = assertThrows(StateException.class, () -> open.read("a", memory));
      assertTrue(error.getMessage().contains("became shorter"), error.getMessage());
    }
  }

  /**
   * A changed byte gives the tensors with that byte changed, or a {@link StateException}: nothing
   * else.
   */
  @Test
  void randomDamageNeverDoesWorseThanAnError() throws IOException {
    byte[] whole = Files.readAllBytes(Golden.path("interchange"));
    long seed = 20_260_101;
    Philox random = new Philox(seed, 0);
    int sound = 0;
    int rejected = 0;
    Path path = folder.resolve("damaged");
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = whole.clone();
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(path, damaged);
      try {
        readAll(path, damaged);
        sound++;
      } catch (StateException e) {
        assertTrue(e.getMessage().contains("damaged"), e.getMessage());
        rejected++;
      }
    }
    // Data bytes may change unnoticed, most header bytes may not.
    assertTrue(sound > 50 && rejected > 300, "seed " + seed + ": " + sound + ", " + rejected);
  }

  private static void readAll(Path path, byte[] file) throws IOException {
    try (SafetensorsFile open = Safetensors.open(path);
        var arena = java.lang.foreign.Arena.ofConfined()) {
      int dataStart = 8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt();
      for (var entry : open.entries().entrySet()) {
        byte[] got =
            open.bytes(entry.getKey(), arena).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        int begin = dataStart + (int) entry.getValue().begin();
        assertArrayEquals(Arrays.copyOfRange(file, begin, begin + got.length), got);
      }
    }
  }

  private void assertRejected(byte[] content, String because) throws IOException {
    Path path = folder.resolve("hostile.safetensors");
    Files.write(path, content);
    var error = assertThrows(StateException.class, () -> Safetensors.open(path));
    String message = error.getMessage();
    assertTrue(message.contains("hostile.safetensors") && message.contains(because), message);
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.length() < 1000, message);
  }

  private static byte[] bytes(long length, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(header)
        .array();
  }

  private static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }
}
