package io.auxgrad.nn.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void makesAndReplacesFiles() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, channel -> put(channel, "first, and longer"));
    AtomicFile.write(file, channel -> put(channel, "second"));
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, channel -> put(channel, "old"));
    IOException full = new IOException("No space left on device");
    var thrown =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      put(channel, "half of the n");
                      throw full;
                    }));
    assertSame(full, thrown.getCause());
    assertTrue(thrown.getMessage().contains(file.toString()), thrown.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
    Path device = Path.of("/dev/full");
    assumeTrue(Files.isWritable(device), "only Linux has /dev/full");
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, channel -> put(channel, "old"));
    try (FileChannel full = FileChannel.open(device, StandardOpenOption.WRITE)) {
      assertThrows(IOException.class, () -> AtomicFile.write(file, _ -> put(full, "new")));
    }
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a.txt"), names());
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("missing").resolve("a.txt");
    var thrown =
        assertThrows(IOException.class, () -> AtomicFile.write(file, channel -> put(channel, "")));
    assertTrue(thrown.getMessage().startsWith("cannot write " + file), thrown.getMessage());
    assertFalse(Files.exists(file));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  private static void put(WritableByteChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}
