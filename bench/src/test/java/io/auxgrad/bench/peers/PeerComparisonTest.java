package io.auxgrad.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The comparison with PyTorch on a GPU, as its users start it, but on the CPU and on two tiny
 * images: both engines run, and compute the same.
 */
final class PeerComparisonTest {
  private static final Path BENCH = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final String PYTHON = System.getenv().getOrDefault("AUXGRAD_PYTHON", "python3");

  @TempDir private Path folder;

  private record Result(int exit, String output) {}

  @BeforeAll
  static void whatItNeeds() {
    assumeTrue(
        run("-c", "import torch, numpy").exit() == 0,
        PYTHON + " has no torch and numpy; AUXGRAD_PYTHON names another Python");
    assumeTrue(
        Files.isDirectory(BENCH.resolveSibling("mtl").resolve("target/lib")),
        "mvn package has not put the libraries into mtl/target/lib yet");
  }

  @Test
  void theGpusRowsRunOnTheCpu() throws IOException {
    Path file = folder.resolve("record.json");
    Result result =
        run(
            BENCH.resolve("peers/record.py").toString(),
            "--tiny",
            "--device=cpu",
            "--engines=auxgrad,eager",
            "--only=mobilenetv2-bf16-train-4x240x320,mobilenetv2-bf16-infer-1x480x640",
            "--json=" + file);
    assertEquals(0, result.exit(), result.output());
    JsonNode rows = new JsonMapper().readTree(file.toFile());
    assertEquals(2, rows.size(), result.output());
    for (JsonNode row : rows) {
      for (String engine : List.of("auxgrad", "eager")) {
        JsonNode figures = row.get("engines").get(engine);
        for (String figure : List.of("median_ms", "images_per_s", "peak_mib")) {
          assertTrue(figures.get(figure).asDouble() > 0, figure + " of " + row);
        }
      }
    }
    assertTrue(result.output().contains("| mobilenetv2-fp32-train-2x64x64 | "), result.output());
  }

  @Test
  void cudaGraphsNeedAGpu() {
    Result result = run(BENCH.resolve("peers/compare.py").toString(), "--engines=auxgrad,graph");
    assertEquals(2, result.exit(), result.output());
    assertTrue(result.output().contains("which takes --device cuda"), result.output());
  }

  private static Result run(String... arguments) {
    List<String> command = Stream.concat(Stream.of(PYTHON, "-B"), Stream.of(arguments)).toList();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (IOException e) {
      return new Result(-1, e.getMessage());
    }
  }
}
