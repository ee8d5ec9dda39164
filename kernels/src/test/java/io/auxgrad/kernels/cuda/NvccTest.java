package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kernel compiles for the architectures from Turing to Blackwell, and keeps what it computes
 * with in registers: no spills, no local memory, says {@code ptxas}.
 */
class NvccTest {
  private static final Path KERNELS = Path.of("src/main/cuda").toAbsolutePath();
  private static final int COMMON = 90;
  private static final List<Integer> OTHERS = List.of(75, 80, 86, 89, 100, 120);

  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern FRAME =
      Pattern.compile(
          "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> kernelsCompileForHopperWithoutSpills() throws IOException {
    return each(List.of(COMMON));
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> kernelsCompileForOtherArchitecturesWithoutSpills() throws IOException {
    return each(OTHERS);
  }

  /** What became of a file, compiled beside others. */
  private record Compilation(Path source, int architecture, Future<Output> report) {
    String name() {
      return source.getFileName() + " sm_" + architecture;
    }
  }

  private Stream<DynamicTest> each(List<Integer> architectures) throws IOException {
    assumeTrue(isInstalled(), "needs nvcc of CUDA 12.8 or newer");
    List<Compilation> all = new ArrayList<>();
    // The pool closes when all are done.
    try (Stream<Path> files = Files.list(KERNELS);
        var compilers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (Path source : files.filter(f -> f.toString().endsWith(".cu")).sorted().toList()) {
        for (int sm : architectures) {
          all.add(new Compilation(source, sm, compilers.submit(() -> compile(source, sm))));
        }
      }
    }
    return all.stream()
        .map(compilation ->
            DynamicTest.dynamicTest(compilation.name(), () -> check(compilation.report().get())));
  }

  private Output compile(Path source, int architecture) throws IOException, InterruptedException {
    Path cubin = folder.resolve(source.getFileName() + "." + architecture + ".cubin");
    return run(
        "nvcc",
        "-std=c++17",
        "-arch=sm_" + architecture,
        "-cubin",
        "-Xptxas=-v",
        "-o",
        cubin.toString(),
        source.toString());
  }

  private static void check(Output report) {
    assertEquals(0, report.status(), report.text());
    List<String> spilling = new ArrayList<>();
    int entries = 0;
    String entry = "?";
    for (String line : report.text().split("\n")) {
      Matcher compiling = ENTRY.matcher(line);
      Matcher frame = FRAME.matcher(line);
      if (compiling.find()) {
        entry = compiling.group(1);
        entries++;
      } else if (frame.find() && !frame.group().matches("0 bytes .* 0 bytes .* 0 bytes .*")) {
        spilling.add(entry + ": " + frame.group());
      }
    }
    assertTrue(entries > 0, report.text());
    assertEquals(List.of(), spilling);
  }

  private record Output(int status, String text) {}

  private static boolean isInstalled() {
    try {
      Output version = run("nvcc", "--list-gpu-arch");
      return version.status() == 0 && version.text().contains("compute_120");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Output run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), text);
  }
}
