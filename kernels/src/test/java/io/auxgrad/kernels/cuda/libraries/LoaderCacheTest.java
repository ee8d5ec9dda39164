package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderCacheTest {
  @TempDir private Path folder;

  @Test
  void readsEveryFormat() throws IOException {
    List<String> paths = List.of("/usr/lib64/libcuda.so.1", "/opt/cuda/lib/libcudnn.so.9");
    String[] array = paths.toArray(String[]::new);
    assertEquals(paths, read(LoaderCaches.newFormat(array)));
    assertEquals(paths, read(LoaderCaches.oldFormat(array)));
    assertEquals(paths, read(LoaderCaches.bothFormats("/not/read", array)));
  }

  @Test
  void librariesOfOtherProcessorsAreLeftOut() throws IOException {
    byte[] cache = LoaderCaches.newFormat("/lib32/libcuda.so.1", "/lib64/libcuda.so.1");
    // The flags of the first entry: glibc, 32-bit x86.
    cache[48 + 1] = 0;
    assertEquals(List.of("/lib64/libcuda.so.1"), read(cache));
  }

  @Test
  void oneThatCannotBeMadeOutIsAnEmptyOne() throws IOException {
    assertEquals(List.of(), LoaderCache.read(folder.resolve("absent")));
    assertEquals(List.of(), read(new byte[0]));
    assertEquals(List.of(), read("something else".getBytes(StandardCharsets.US_ASCII)));
    for (byte[] cache :
        List.of(
            LoaderCaches.newFormat("/a/libcuda.so.1", "/b/libcudnn.so.9"),
            LoaderCaches.oldFormat("/a/libcuda.so.1", "/b/libcudnn.so.9"))) {
      for (int length = 0; length < cache.length; length++) {
        assertEquals(List.of(), read(Arrays.copyOf(cache, length)), "cut off at " + length);
      }
      for (int at = 11; at < cache.length; at++) {
        byte[] damaged = cache.clone();
        damaged[at] = (byte) 0xff;
        read(damaged);
      }
    }
  }

  /** More than an address can tell. */
  @Test
  void aCountThatIsTooLargeIsNone() throws IOException {
    byte[] cache = LoaderCaches.oldFormat("/a/libcuda.so.1");
    ByteBuffer.wrap(cache).order(ByteOrder.LITTLE_ENDIAN).putInt(12, Integer.MAX_VALUE / 2);
    assertEquals(List.of(), read(cache));
  }

  @Test
  void agreesWithLdconfig() throws IOException, InterruptedException {
    Path cache = Path.of("/etc/ld.so.cache");
    Path ldconfig = Path.of("/sbin/ldconfig");
    assumeTrue(Files.isReadable(cache) && Files.isExecutable(ldconfig), "needs ldconfig");
    Process process = new ProcessBuilder(ldconfig.toString(), "-p").start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    List<String> expected =
        output
            .lines()
            .filter(l -> l.contains("(libc6,x86-64"))
            .map(l -> l.substring(l.indexOf(" => ") + 4))
            .toList();
    assumeTrue(!expected.isEmpty(), "needs a 64-bit x86 machine");
    assertEquals(new TreeSet<>(expected), new TreeSet<>(LoaderCache.read(cache)));
    assertTrue(expected.stream().anyMatch(p -> p.endsWith("/libc.so.6")), output);
  }

  private List<String> read(byte[] content) throws IOException {
    return LoaderCache.read(Files.write(folder.resolve("cache"), content));
  }
}
