package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.Steps.Step;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepsTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void goesOnAfterAFailureAndKeepsWhatEachPrints() throws Exception {
    assertFalse(
        run(step("good", "echo fine"), step("bad", "echo no >&2; exit 9"), step("none", "exit 3")));
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertTrue(lines.get(0).startsWith("passed   good, 0 s, " + folder), lines.toString());
    assertTrue(lines.get(1).startsWith("FAILED (9) bad, "), lines.toString());
    assertTrue(lines.get(2).startsWith("absent   none, "), lines.toString());
    assertEquals("fine\n", Files.readString(folder.resolve("good.log")));
    assertEquals("no\n", Files.readString(folder.resolve("bad.log")));
    assertEquals(lines, Files.readAllLines(folder.resolve("summary.txt")));
  }

  @Test
  void keepsTheSummariesOfEarlierCalls() throws Exception {
    run(step("first", "exit 1"));
    run(step("second", "exit 0"));
    List<String> summary = Files.readAllLines(folder.resolve("summary.txt"));
    assertEquals(printed.toString(StandardCharsets.UTF_8).lines().toList(), summary);
    assertEquals(2, summary.size());
  }

  @Test
  void whatIsAbsentDoesNotFail() throws Exception {
    assertTrue(run(step("none", "exit 3"), step("good", "exit 0")));
  }

  @Test
  void endsWhatTakesTooLong() throws Exception {
    assertFalse(run(step("endless", 1, "exec sleep 600"), step("good", "exit 0")));
    String output = printed.toString(StandardCharsets.UTF_8);
    assertTrue(output.startsWith("FAILED (ended after 1 s) endless, "), output);
    assertTrue(output.contains("passed   good, "), output);
  }

  @Test
  void goesOnAfterWhatCannotBeStarted() throws Exception {
    assertFalse(run(new Step("absent", 60, List.of("/no/such/program")), step("good", "exit 0")));
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertTrue(lines.get(0).startsWith("FAILED (Cannot run program"), lines.toString());
    assertTrue(lines.get(1).startsWith("passed   good, "), lines.toString());
  }

  @Test
  void endsWhatRunsWhenItIsInterrupted() throws Exception {
    Path begun = folder.resolve("begun");
    Thread check =
        Thread.ofPlatform()
            .start(() -> {
              try {
                run(step("endless", "echo $$ > %s; exec sleep 600".formatted(begun)));
              } catch (Exception e) {
                Thread.currentThread().interrupt();
              }
            });
    while (!Files.exists(begun) || Files.size(begun) == 0) {
      Thread.sleep(10);
    }
    long pid = Long.parseLong(Files.readString(begun).strip());
    check.interrupt();
    check.join();
    var left = ProcessHandle.of(pid);
    if (left.isPresent()) {
      left.get().onExit().get(10, TimeUnit.SECONDS);
    }
  }

  private boolean run(Step... steps) throws Exception {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new Steps(folder).run(List.of(steps), out);
  }

  private static Step step(String name, String script) {
    return step(name, 60, script);
  }

  private static Step step(String name, long limitSeconds, String script) {
    return new Step(name, limitSeconds, List.of("sh", "-c", script));
  }
}
