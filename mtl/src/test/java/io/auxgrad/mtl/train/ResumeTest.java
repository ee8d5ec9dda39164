package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.mtl.train.Trainings.Killed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
final class ResumeTest {
  private static final int STEPS = 8;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, fp32", "2, fp32", "1, bf16", "2, bf16"})
  void twoRunsEndInTheSameBytes(int threads, String precision) {
    Config config = Trainings.config("precision=" + precision);
    assertTrue(Trainings.begin(folder.resolve("a"), config, threads, new Trainings.Silent()));
    assertTrue(Trainings.begin(folder.resolve("b"), config, threads, new Trainings.Silent()));
    assertEquals(
        Trainings.fingerprint(folder.resolve("a")), Trainings.fingerprint(folder.resolve("b")));
  }

  @ParameterizedTest
  @CsvSource({
    "1, fixed, adamw, 0.0, fp32",
    "2, fixed, adamw, 0.0, bf16",
    "2, uncertainty, sgd, 0.9, fp32",
    "1, bounded, adam, 0.9, bf16"
  })
  void aKilledRunGoesOnToTheSameBytes(
      int threads, String weighting, String optimizer, double ema, String precision) {
    assertGoesOnToTheSameBytes(
        threads,
        Trainings.config(
            "precision=" + precision,
            "weighting.method=" + weighting,
            "optimizer.method=" + optimizer,
            "train.ema=" + ema,
            "tasks.segmentation.class_weights=log"));
  }

  /** Its dropout draws a random number in each step. */
  @Test
  void aKilledDeepLabGoesOnToTheSameBytes() {
    assertGoesOnToTheSameBytes(2, Trainings.config(Trainings.DEEPLAB));
  }

  /** Each process begins with eager steps before it records. */
  @Test
  void aKilledRunOfCapturedStepsGoesOnToTheSameBytes() {
    assertGoesOnToTheSameBytes(
        2, Trainings.config(CapturedStepTest.with(Trainings.DEEPLAB, "train.capture=always")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void capturedStepsEndInTheBytesOfEagerOnes(int threads) throws IOException {
    for (String capture : new String[] {"always", "never"}) {
      Config config = Trainings.config("train.capture=" + capture);
      assertTrue(Trainings.begin(folder.resolve(capture), config, threads, new Trainings.Silent()));
    }
    for (String file :
        new String[] {
          "metrics.csv", "checkpoints/best.safetensors", "checkpoints/step-00000008.safetensors"
        }) {
      assertEquals(
          -1,
          Files.mismatch(
              folder.resolve("always").resolve(file), folder.resolve("never").resolve(file)),
          file);
    }
  }

  private void assertGoesOnToTheSameBytes(int threads, Config config) {
    long seed = System.nanoTime();
    int killedAt = 1 + new Random(seed).nextInt(STEPS - 1);
    System.out.printf("seed %d: killed after step %d%n", seed, killedAt);
    Path whole = folder.resolve("whole");
    assertTrue(Trainings.begin(whole, config, threads, new Trainings.Silent()));
    Path killed = folder.resolve("killed");
    assertThrows(
        Killed.class,
        () -> Trainings.begin(killed, config, threads, Trainings.killAfter(killedAt)));
    assertTrue(Trainings.resume(killed, threads));
    assertEquals(Trainings.fingerprint(whole), Trainings.fingerprint(killed));
  }

  @Test
  void aStoppedRunSavesItsLastStepAndGoesOnToTheSameBytes() {
    Config config = Trainings.config("train.checkpoint_every=0");
    Path whole = folder.resolve("whole");
    Trainings.begin(whole, config, 2, new Trainings.Silent());
    Path stopped = folder.resolve("stopped");
    StopRequest stop = new StopRequest();
    try (RunFolder run = RunFolder.create(stopped, config)) {
      boolean complete =
          Trainings.train(
              run,
              2,
              new Trainings.Silent() {
                @Override
                public void step(Step step) {
                  if (step.step() == 6) {
                    stop.make();
                  }
                }
              },
              stop);
      assertFalse(complete);
      assertEquals(6, run.checkpoints().last().orElseThrow().progress().step());
    }
    assertTrue(Trainings.resume(stopped, 2));
    assertEquals(Trainings.fingerprint(whole), Trainings.fingerprint(stopped));
  }

  @Test
  void aCompleteRunStaysAsItIs() {
    Trainings.begin(folder.resolve("a"), Trainings.config(), 1, new Trainings.Silent());
    Map<String, String> before = Trainings.fingerprint(folder.resolve("a"));
    assertTrue(Trainings.resume(folder.resolve("a"), 1));
    assertEquals(before, Trainings.fingerprint(folder.resolve("a")));
  }

  @Test
  void aDamagedCheckpointIsRefusedAndNothingChanges() throws IOException {
    Path run = killed();
    Path tensors = tensors(run);
    byte[] bytes = Files.readAllBytes(tensors);
    bytes[bytes.length / 2] ^= 1;
    Files.write(tensors, bytes);
    assertRefused(run, "its SHA-256 is not the one that last.json records");
  }

  @Test
  void theCheckpointOfAnotherNetworkIsRefusedAndNothingChanges() throws IOException {
    Path run = killed();
    Path config = run.resolve("config.yaml");
    Files.writeString(
        config, Files.readString(config).replaceFirst("channels: 32", "channels: 24"));
    assertRefused(run, "does not fit this run");
  }

  @Test
  void theCheckpointOfOtherDataIsRefusedAndNothingChanges() throws IOException {
    Path run = killed();
    Path config = run.resolve("config.yaml");
    Files.writeString(config, Files.readString(config).replaceFirst("train: 9", "train: 5"));
    Path manifest = run.resolve("checkpoints/last.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"batch\" : 3", "\"batch\" : 1"));
    assertRefused(run, "is not batch 1 of epoch 1");
  }

  private Path killed() {
    Path run = folder.resolve("run");
    assertThrows(
        Killed.class,
        () -> Trainings.begin(run, Trainings.config(), 1, Trainings.killAfter(3 + 1)));
    return run;
  }

  private static Path tensors(Path run) {
    return run.resolve("checkpoints/step-00000003.safetensors");
  }

  private static void assertRefused(Path run, String why) {
    Map<String, String> before = Trainings.fingerprint(run);
    UserException e = assertThrows(UserException.class, () -> Trainings.resume(run, 1));
    assertTrue(e.getMessage().contains(why), e.getMessage());
    assertEquals(before, Trainings.fingerprint(run));
  }
}
