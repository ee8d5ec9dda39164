package io.auxgrad.mtl.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings in processes of their own, ended from outside. */
@Tag("slow")
final class KilledProcessTest {
  private static final int KILLS = 2;
  private static final int LONGEST_MILLIS = 500;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void runsKilledAgainAndAgainEndInTheSameBytes(int threads)
      throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    assertEquals(0, start(whole, threads).waitFor());
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path killed = folder.resolve("killed");
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start(killed, threads);
      awaitCheckpoint(killed, process);
      Thread.sleep(random.nextInt(LONGEST_MILLIS));
      assertTrue(process.isAlive(), "the training was too quick to be killed");
      process.destroyForcibly().waitFor();
      System.out.println("killed after the checkpoint of step " + checkpointed(killed));
    }
    assertEquals(0, start(killed, threads).waitFor());
    assertEquals(contents(whole), contents(killed));
  }

  private static void awaitCheckpoint(Path run, Process process)
      throws IOException, InterruptedException {
    String before = checkpointed(run);
    while (checkpointed(run).equals(before)) {
      assertTrue(process.isAlive(), () -> "the training ended; see " + run + ".log");
      Thread.sleep(20);
    }
  }

  private static String checkpointed(Path run) throws IOException {
    Path last = run.resolve("checkpoints/last.json");
    return Files.exists(last)
        ? Files.readString(last).replaceAll("(?s).*\"tensors\" : \"step-0*(\\d+)\\..*", "$1")
        : "none";
  }

  @Test
  void theUsualSignalLeavesACheckpointOfTheLastStep() throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    Process process =
        start(run, 2, "--set", "train.epochs=100000", "--set", "train.checkpoint_every=0");
    awaitCheckpoint(run, process);
    process.destroy();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    String out = Files.readString(run.resolveSibling("run.log"));
    assertTrue(out.contains("stopped after step"), out);
    assertFalse(out.contains("Exception"), out);
    String step = out.replaceAll("(?s).*stopped after step (\\d+);.*", "$1");
    assertEquals(step, checkpointed(run));
  }

  private static Process start(Path run, int threads, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--resume",
                "--out",
                run.toString(),
                "--threads",
                "" + threads,
                "--preset",
                "tiny",
                "--set",
                "train.checkpoint_every=5"));
    command.addAll(
        Arrays.asList(more.length > 0 ? more : new String[] {"--set", "train.epochs=8"}));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(run.resolveSibling(run.getFileName() + ".log").toFile())
        .start();
  }

  /** What must not depend on interruptions: no times, no machine. */
  private static Map<String, String> contents(Path run) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    contents.put("metrics.csv", Files.readString(run.resolve("metrics.csv")));
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      for (Path file : files.toList()) {
        contents.put(
            file.getFileName().toString(),
            "%d bytes, hash %x"
                .formatted(Files.size(file), Arrays.hashCode(Files.readAllBytes(file))));
      }
    }
    return contents;
  }
}
