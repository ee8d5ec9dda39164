package io.auxgrad.bench.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Small files with one subject: no source file is over 600 lines, half of them are under 150. */
final class FileLengthTest {
  private static final int LONGEST = 600;
  private static final int MEDIAN = 150;

  private static final Map<Path, Integer> LINES = new TreeMap<>();

  @BeforeAll
  static void countLines() throws IOException {
    Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path source : modules.map(m -> m.resolve("src")).filter(Files::isDirectory).toList()) {
        countLinesBelow(source, root);
      }
    }
  }

  private static void countLinesBelow(Path source, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(java|cu|h)")).toList()) {
        LINES.put(root.relativize(file), Files.readAllLines(file).size());
      }
    }
  }

  @Test
  void noFileIsTooLong() {
    Map<Path, Integer> tooLong =
        LINES.entrySet().stream()
            .filter(e -> e.getValue() > LONGEST)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertEquals(Map.of(), tooLong, "files over " + LONGEST + " lines; split them by subject");
  }

  @Test
  void filesAreSmallInTheMedian() {
    List<Integer> sorted = LINES.values().stream().sorted().toList();
    int median = sorted.get(sorted.size() / 2);
    assertTrue(median < MEDIAN, "the median file has " + median + " lines, over " + MEDIAN);
  }
}
