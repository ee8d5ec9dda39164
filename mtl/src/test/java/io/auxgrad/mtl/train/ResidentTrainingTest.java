package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.StandInGpu;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.tensor.ops.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where the samples are kept changes no byte of what is trained. */
@ExtendWith(NoLeaks.class)
final class ResidentTrainingTest {
  private static final String[] STRONG = {
    "augment.scale_min=0.7", "augment.scale_max=1.6", "augment.hue=0.1", "augment.contrast=0.5"
  };

  @TempDir Path folder;

  private static Config config(String memory) {
    String[] sets = java.util.Arrays.copyOf(STRONG, STRONG.length + 1);
    sets[STRONG.length] = "data.memory=" + memory;
    return Trainings.config(sets);
  }

  private void assertSameResult(String a, String b) throws IOException {
    for (String file : new String[] {"checkpoints/last.json", "metrics.csv"}) {
      Path one = folder.resolve(a).resolve(file);
      Path other = folder.resolve(b).resolve(file);
      assertEquals(-1, Files.mismatch(one, other), file);
    }
  }

  @Test
  void endsInTheSameBytesAsFromTheHost() throws IOException {
    assertTrue(Trainings.begin(folder.resolve("h"), config("host"), 2, new Trainings.Silent()));
    assertTrue(Trainings.begin(folder.resolve("d"), config("device"), 2, new Trainings.Silent()));
    assertSameResult("h", "d");
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes() throws IOException {
    assertTrue(Trainings.begin(folder.resolve("h"), config("host"), 1, new Trainings.Silent()));
    assertThrows(
        Trainings.Killed.class,
        () -> Trainings.begin(folder.resolve("d"), config("device"), 1, Trainings.killAfter(5)));
    assertTrue(Trainings.resume(folder.resolve("d"), 1));
    assertSameResult("h", "d");
  }

  @Test
  void endsInTheSameBytesWithTheKernelsOfTheGpu() throws IOException {
    assumeTrue(StandInGpu.available(), "needs g++");
    trainOn(StandInGpu.inOrder(), "h", config("host"));
    trainOn(StandInGpu.inOrder(), "a", config("auto"));
    assertSameResult("h", "a");
  }

  private void trainOn(Backend backend, String name, Config config) {
    try (RunFolder run = RunFolder.create(folder.resolve(name), config)) {
      assertTrue(Trainings.train(run, backend, new Trainings.Silent(), new StopRequest()));
    }
  }
}
