package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Computing blocks twice takes less memory, and changes no byte where a stage's gradient comes from
 * the next one alone.
 */
@ExtendWith(NoLeaks.class)
final class CheckpointingTest {
  @TempDir Path folder;

  private long train(String name, List<String> sets) {
    LimitedMemory memory = new LimitedMemory(Long.MAX_VALUE / 4);
    var config = Trainings.config(sets.toArray(String[]::new));
    try (RunFolder run = RunFolder.create(folder.resolve(name), config)) {
      assertTrue(Trainings.train(run, memory.backend(), new Trainings.Silent(), new StopRequest()));
    }
    return memory.usage().peak();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mobilenetv2", "deeplab", "bf16"})
  void sameBytesInLessMemory(String network) throws IOException {
    List<String> sets =
        new ArrayList<>(List.of("data.size=96x128", "train.batch=4", "train.capture=never"));
    if (network.equals("deeplab")) {
      sets.addAll(Arrays.asList(Trainings.DEEPLAB));
      sets.add("auxiliary.enabled=false"); // or else maps have gradients from two sides
    }
    if (network.equals("bf16")) {
      sets.add("precision=bf16");
    }
    long kept = train("kept", sets);
    sets.add("train.checkpointing=true");
    long again = train("again", sets);
    System.out.printf("%s: peak of %d bytes, with checkpoints %d%n", network, kept, again);
    for (String file : new String[] {"checkpoints/last.json", "metrics.csv"}) {
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("kept").resolve(file), folder.resolve("again").resolve(file)),
          file);
    }
    assertTrue(again < 0.9 * kept, again + " of " + kept);
  }
}
