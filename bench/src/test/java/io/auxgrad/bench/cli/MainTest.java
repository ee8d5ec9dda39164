package io.auxgrad.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line says to those who mistype. */
final class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "steps | there is no suite steps; there is ops, autograd, step,",
        "step --threads 0 | --threads 0 must be 1 or more",
        "step --engines auxgrad,tf | there is no engine tf; there is auxgrad, eager,",
        "step --fast | Unknown option: '--fast'",
        "compare a.json | Missing required parameter: 'AFTER.json'",
        "compare a b --threshold -1 | --threshold -1.0 must not be negative",
        "profile --steps 0 | --steps 0 must be 1 or more",
        "profile --size 4x120 | size 4x120 must be BATCHxHEIGHTxWIDTH",
        "profile --network vgg | there is no network vgg; there is mobilenetv2",
        "profile --precision fp16 | Invalid value for option '--precision'",
        "profile --device tpu | Invalid value for option '--device'",
        "step data --device cuda | --device cuda takes the suites step, inference and all, not data",
        "scaling --seconds 0 | --seconds 0.0 must be positive",
      })
  void wrongUsageIsOneLineAndEndsWith2(String arguments, String message) {
    assertEquals(2, run(arguments.split(" ", -1)));
    List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.getFirst().startsWith("bench: "), lines::toString);
    assertTrue(lines.getFirst().contains(message), lines::toString);
    assertTrue(lines.getLast().startsWith("Try: "), lines::toString);
  }

  @Test
  void withoutASuiteTheyAreListed() {
    assertEquals(2, run());
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("a suite is missing: ops, autograd"));
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertEquals(1, run("compare", "none-a.json", "none-b.json"));
    assertEquals(
        "bench: cannot read none-a.json: there is no such file",
        err.toString(StandardCharsets.UTF_8).strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"profile --device cuda", "step inference --device cuda", "feeding --device cuda"})
  void aGpuThatIsNotThereIsNamed(String arguments) {
    assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "there is a GPU");
    assertEquals(1, run(arguments.split(" ")));
    String said = err.toString(StandardCharsets.UTF_8);
    assertTrue(said.startsWith("bench: device cuda:0 cannot be used: "), said);
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void helpGoesToStandardOutput() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("SUITE"));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  private int run(String... arguments) {
    return Main.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        arguments);
  }
}
