package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.auxgrad.kernels.cuda.cache.DiskCache;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CubinCacheTest {
  private static final byte[] CODE = "machine code".getBytes(StandardCharsets.UTF_8);
  private static final long LARGE = 1 << 20;

  @TempDir private Path home;

  private CubinCache cache() {
    return cache(LARGE);
  }

  private CubinCache cache(long capacity) {
    return new CubinCache(Optional.of(folder()), capacity);
  }

  private Path folder() {
    return home.resolve("cubin");
  }

  private Path entry(String key) {
    return folder().resolve(key + ".cubin");
  }

  @Test
  void whatWasMadeIsNotMadeAgain() {
    assertArrayEquals(CODE, cache().get("a", () -> CODE));
    assertArrayEquals(CODE, cache().get("a", () -> fail("made again")));
    byte[] other = {1, 2};
    assertArrayEquals(other, cache().get("b", () -> other));
    assertArrayEquals(CODE, cache().get("a", () -> fail("made again")));
  }

  @Test
  void isWhereTheUserSaysOrAtHome() throws IOException {
    for (Surroundings surroundings :
        List.of(
            new Surroundings(Map.of("AUXGRAD_CACHE", home + "/told"), _ -> null, home),
            new Surroundings(Map.of(), Map.of("user.home", home + "/user")::get, home))) {
      CubinCache.of(surroundings).get("a", () -> CODE);
    }
    for (String folder : List.of("told/cubin", "user/.cache/auxgrad/cubin")) {
      assertTrue(Files.exists(home.resolve(folder).resolve("a.cubin")), folder);
    }
  }

  @Test
  void theKeyTellsApartAllThatTheCodeDependsOn() {
    KernelSource source = new KernelSource("a.cu", "text", Map.of("h", "header"));
    List<String> options = List.of("--x", "--y");
    List<String> keys =
        List.of(
            CubinCache.key(source, "sm_90", options, "13.0"),
            CubinCache.key(source, "sm_80", options, "13.0"),
            CubinCache.key(source, "sm_90", options, "12.6"),
            CubinCache.key(source, "sm_90", List.of("--x"), "13.0"),
            CubinCache.key(source, "sm_90", List.of("--x--y"), "13.0"),
            CubinCache.key(with("b.cu", "text", Map.of("h", "header")), "sm_90", options, "13.0"),
            CubinCache.key(with("a.cu", "other", Map.of("h", "header")), "sm_90", options, "13.0"),
            CubinCache.key(with("a.cu", "text", Map.of("h", "other")), "sm_90", options, "13.0"),
            CubinCache.key(with("a.cu", "text", Map.of("i", "header")), "sm_90", options, "13.0"),
            CubinCache.key(with("a.cu", "text", Map.of()), "sm_90", options, "13.0"));
    assertEquals(keys.size(), new HashSet<>(keys).size(), keys::toString);
    assertEquals(
        keys.getFirst(),
        CubinCache.key(with("a.cu", "text", Map.of("h", "header")), "sm_90", options, "13.0"));
    assertNotEquals("", keys.getFirst());
  }

  private static KernelSource with(String name, String text, Map<String, String> headers) {
    return new KernelSource(name, text, headers);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 65, 70})
  void aTruncatedEntryIsMadeAgain(int bytes) throws IOException {
    cache().get("a", () -> CODE);
    Files.write(entry("a"), Arrays.copyOf(Files.readAllBytes(entry("a")), bytes));
    assertRepaired();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 64, 65, 76})
  void aChangedEntryIsMadeAgain(int at) throws IOException {
    cache().get("a", () -> CODE);
    byte[] entry = Files.readAllBytes(entry("a"));
    entry[at] ^= 1;
    Files.write(entry("a"), entry);
    assertRepaired();
  }

  private void assertRepaired() {
    byte[] other = {7};
    assertArrayEquals(other, cache().get("a", () -> other));
    assertArrayEquals(other, cache().get("a", () -> fail("made again")));
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedOnceWithTheRemedy() throws IOException {
    Files.writeString(folder(), "a file where the folder should be");
    CubinCache cache = cache();
    List<String> said =
        Said.by(
            CubinCache.class,
            () -> {
              for (String key : List.of("a", "a", "b")) {
                assertArrayEquals(CODE, cache.get(key, () -> CODE));
              }
            });
    assertEquals(1, said.size(), said::toString);
    assertTrue(said.getFirst().contains(folder().toString()), said::toString);
    assertTrue(
        said.getFirst().endsWith("set AUXGRAD_CACHE to a folder that can be written"),
        said::toString);
  }

  @Test
  void withoutAHomeThereIsNoCache() {
    CubinCache cache = CubinCache.of(new Surroundings(Map.of(), _ -> null, home));
    List<String> said =
        Said.by(CubinCache.class, () -> assertArrayEquals(CODE, cache.get("a", () -> CODE)));
    assertEquals(
        List.of(
            "kernels are compiled at each start, because there is no home for a cache; set"
                + " AUXGRAD_CACHE to a folder that can be written"),
        said);
  }

  /** A limit of the size of files stops a write midway, as a full disk does. */
  @Test
  void aDiskThatFillsUpLeavesNothingBehind() throws Exception {
    Process process = CacheProgram.start(home, "ulimit -f 16; ", "large");
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("kernels are compiled at each start"), output);
    try (Stream<Path> files = Files.list(folder())) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void whatWasNotUsedForLongestGoes() throws IOException {
    CubinCache cache = cache(3L * (CODE.length + DiskCache.CHECKSUM_BYTES));
    for (String key : List.of("a", "b", "c")) {
      cache.get(key, () -> CODE);
    }
    age("a", 30);
    age("b", 20);
    age("c", 10);
    cache.get("a", () -> fail("made again"));
    cache.get("d", () -> CODE);
    assertEquals(Set.of("a.cubin", "c.cubin", "d.cubin"), names());
    cache.get("b", () -> CODE);
    assertFalse(Files.exists(entry("c")));
  }

  @Test
  void whatAProcessLeftUnfinishedGoesTooAndWhatIsBeingWrittenStays() throws IOException {
    CubinCache cache = cache(CODE.length + DiskCache.CHECKSUM_BYTES);
    cache.get("a", () -> CODE);
    age("a", 10);
    Path old = Files.write(folder().resolve("new-1.partial"), CODE);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));
    Files.write(folder().resolve("new-2.partial"), CODE);
    cache.get("b", () -> CODE);
    assertEquals(Set.of("new-2.partial", "b.cubin"), names());
  }

  private void age(String key, int seconds) throws IOException {
    Files.setLastModifiedTime(entry(key), FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  private Set<String> names() throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> files = Files.list(folder())) {
      files.forEach(f -> names.add(f.getFileName().toString()));
    }
    return names;
  }

  /** Entries are written, read, damaged and evicted at once: whoever asks gets the right bytes. */
  @Test
  void threadsMayShareAFolder() throws Exception {
    List<Future<Boolean>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        Callable<Boolean> share = () -> CacheProgram.share(cache(CacheProgram.TIGHT), folder());
        all.add(threads.submit(share));
      }
    }
    for (Future<Boolean> one : all) {
      assertTrue(one.get());
    }
  }

  @Test
  void processesMayShareAFolder() throws Exception {
    List<Process> all =
        List.of(CacheProgram.start(home, "", "share"), CacheProgram.start(home, "", "share"));
    for (Process process : all) {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);
      assertEquals("as it should be\n", output);
    }
  }
}
