package io.auxgrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scripts are Python at least; what they do takes PyTorch, which a build does without. What
 * checks and judges the figures takes numpy at most.
 */
final class PythonTest {
  private static final Path BENCH = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  @TempDir private Path cache;

  @Test
  void theScriptsCompile() throws IOException, InterruptedException {
    assumeTrue(run("python3", "--version").exit() == 0, "there is no python3 to compile with");
    List<String> command = new ArrayList<>(List.of("python3", "-m", "py_compile"));
    for (String folder : List.of("peers", "tables")) {
      try (Stream<Path> files = Files.list(BENCH.resolve(folder))) {
        files.filter(f -> f.toString().endsWith(".py")).map(Path::toString).forEach(command::add);
      }
    }
    Result result = run(command.toArray(String[]::new));
    assertEquals(0, result.exit(), result.output());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "peers/test_agreement.py",
        "peers/test_launch.py",
        "peers/test_record.py",
        "tables/test_seeds.py"
      })
  void theirOwnTestsPass(String test) throws InterruptedException {
    assumeTrue(run("python3", "-c", "import numpy").exit() == 0, "there is no numpy");
    Result result = run("python3", BENCH.resolve(test).toString());
    assertEquals(0, result.exit(), result.output());
    assertFalse(result.output().contains("Ran 0 tests"), result.output());
  }

  private record Result(int exit, String output) {}

  private Result run(String... command) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PYTHONPYCACHEPREFIX", cache.toString());
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      return new Result(-1, e.getMessage());
    }
  }
}
