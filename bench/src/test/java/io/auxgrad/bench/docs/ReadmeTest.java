package io.auxgrad.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java examples are whole programs; each is run as a newcomer would run it. */
final class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```java$\n(.*?)^```$");

  @Test
  void everyJavaExampleRuns(@TempDir Path folder) throws IOException, InterruptedException {
    Path readme =
        Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("README.md");
    List<String> examples =
        EXAMPLE.matcher(Files.readString(readme)).results().map(m -> m.group(1)).toList();
    assertFalse(examples.isEmpty(), readme + " has no block fenced as java");
    for (String example : examples) {
      Path output = folder.resolve("output");
      int exit = run(Files.writeString(folder.resolve("Example.java"), example), output);
      assertEquals(0, exit, example + "\nprinted\n" + Files.readString(output));
    }
  }

  private static int run(Path program, Path output) throws IOException, InterruptedException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            program.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
  }
}
