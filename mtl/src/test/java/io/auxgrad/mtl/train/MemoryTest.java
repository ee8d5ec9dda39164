package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.ops.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long training in a process of its own takes no more memory at its end than at its beginning.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
final class MemoryTest {
  private static final int WARM = 100;
  private static final int STEPS = 2000;
  // Compiled code and class data still grow a little, whatever the program does.
  private static final long ALLOWED_KIB = 24 << 10;

  @TempDir Path folder;

  @Test
  void residentMemoryIsFlatAfterTheFirstHundredSteps() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LongTraining.class.getName(),
                folder.resolve("run").toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(printed);
    assertEquals(0, process.waitFor());
    long[] resident =
        printed
            .lines()
            .filter(line -> line.startsWith("step "))
            .mapToLong(line -> Long.parseLong(line.replaceAll(".* (\\d+) KiB resident.*", "$1")))
            .toArray();
    long growth = resident[resident.length - 1] - resident[0];
    assertTrue(growth < ALLOWED_KIB, "grew by " + growth + " KiB");
  }

  /** The other process. */
  static final class LongTraining {
    private LongTraining() {}

    public static void main(String[] args) {
      Trainings.begin(
          Path.of(args[0]),
          Trainings.config("train.epochs=" + STEPS / 4, "train.checkpoint_every=0"),
          2,
          new Trainings.Silent() {
            @Override
            public void step(Step step) {
              if (step.step() == WARM || step.step() % (STEPS / 4) == 0) {
                System.out.printf(
                    "step %d: %d KiB resident, %s%n",
                    step.step(), residentKib(), Backends.cpu().memory().usage());
              }
            }
          });
    }

    private static long residentKib() {
      try {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
            .findFirst()
            .orElseThrow();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
