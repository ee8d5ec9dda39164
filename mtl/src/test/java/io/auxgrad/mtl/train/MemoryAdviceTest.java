package io.auxgrad.mtl.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.run.RunFolder;
import io.auxgrad.tensor.ops.Backends;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
final class MemoryAdviceTest {
  private static final Pattern BATCH = Pattern.compile("what would fit: train\\.batch=(\\d+)");
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private int runs;

  private static Config config(String... sets) {
    return Trainings.config(
        CapturedStepTest.with(sets, "data.size=64x96", "train.epochs=1", "train.capture=never"));
  }

  /** The bytes that a training has in use at most. */
  private long train(Config config, long limit) {
    LimitedMemory memory = new LimitedMemory(limit);
    try (RunFolder run = RunFolder.create(folder.resolve("run" + runs++), config)) {
      assertTrue(Trainings.train(run, memory.backend(), new Trainings.Silent(), new StopRequest()));
    }
    return memory.usage().peak();
  }

  private String refusal(Config config, long limit) {
    return assertThrows(UserException.class, () -> train(config, limit)).getMessage();
  }

  @Test
  void theBatchThatItNamesFitsAndTheEstimateIsNear() {
    long needed = train(config("train.batch=8"), Long.MAX_VALUE / 4);
    String message = refusal(config("train.batch=8"), needed / 2);
    assertTrue(
        message.startsWith(
            "training does not fit into memory at train.batch=8: a step takes about"),
        message);
    Matcher matcher = BATCH.matcher(message);
    assertTrue(matcher.find(), message);
    int fits = Integer.parseInt(matcher.group(1));
    assertTrue(fits >= 2, message);
    train(config("train.batch=" + fits), needed / 2);
    refusal(config("train.batch=" + (fits + 2)), needed / 2);
    double estimate = Double.parseDouble(message.replaceAll(".*takes about ([0-9.]+) MiB.*", "$1"));
    assertEquals(1, estimate * MIB / needed, 0.1, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"precision=bf16", "train.checkpointing=true"})
  void otherSettingsThatItNamesFit(String setting) {
    long less = train(config("train.batch=8", setting), Long.MAX_VALUE / 4);
    long limit = Math.round(1.2 * less);
    String message = refusal(config("train.batch=8"), limit);
    assertTrue(message.contains(setting + " (about "), message);
    train(config("train.batch=8", setting), limit);
  }

  @Test
  void saysWhatWasAskedForAndWhatTakesTheMost() {
    String message = refusal(config("train.batch=8"), 16 * MIB);
    assertTrue(message.contains(" were asked for; of 16 MiB, "), message);
    assertTrue(message.contains("; the largest tensors: "), message);
    assertTrue(message.contains("-Dauxgrad.debug.tensors=true says where they were made"), message);
  }

  @Test
  void withoutRoomForOneImageItSaysWhatFailed() {
    String message = refusal(config("train.batch=8", "model.width=0.25"), 6 * MIB);
    assertTrue(message.contains(" were asked for; of 6 MiB, "), message);
  }

  /** The bytes that an evaluation has in use at most. */
  private static long evaluate(Config config, long limit) {
    LimitedMemory memory = new LimitedMemory(limit);
    CapturedStepTest.evaluate(memory.backend(), config);
    return memory.usage().peak();
  }

  private static String refusedEvaluation(Config config, long limit) {
    return refusedEvaluation(config, new LimitedMemory(limit));
  }

  private static String refusedEvaluation(Config config, LimitedMemory memory) {
    return assertThrows(
            UserException.class, () -> CapturedStepTest.evaluate(memory.backend(), config))
        .getMessage();
  }

  private static Config evaluated(int batch, String... sets) {
    return config(CapturedStepTest.with(sets, "data.rooms.validation=8", "train.batch=" + batch));
  }

  @Test
  void theBatchThatItNamesForAnEvaluationFitsAndTheEstimateIsNear() {
    long needed = evaluate(evaluated(8), Long.MAX_VALUE / 4);
    String message = refusedEvaluation(evaluated(8), needed / 2);
    assertTrue(
        message.startsWith(
            "evaluation does not fit into memory at train.batch=8: a batch takes about"),
        message);
    assertTrue(message.contains(" were asked for; of "), message);
    Matcher matcher = BATCH.matcher(message);
    assertTrue(matcher.find(), message);
    int fits = Integer.parseInt(matcher.group(1));
    evaluate(evaluated(fits), needed / 2);
    refusedEvaluation(evaluated(fits + 2), needed / 2);
    double estimate = Double.parseDouble(message.replaceAll(".*takes about ([0-9.]+) MiB.*", "$1"));
    assertEquals(1, estimate * MIB / needed, 0.1, message);
  }

  @Test
  void bfloat16IsNamedWhereAnEvaluationFitsInIt() {
    assumeTrue(
        Backends.cpu().multipliesBfloat16(),
        "this processor does not multiply bfloat16: an evaluation in it takes as much memory");
    String[] wide = {"model.width=1", "model.channels=256"};
    long more = evaluate(evaluated(8, wide), Long.MAX_VALUE / 4);
    long less =
        evaluate(evaluated(8, CapturedStepTest.with(wide, "precision=bf16")), Long.MAX_VALUE / 4);
    String message = refusedEvaluation(evaluated(8, wide), (less + more) / 2);
    assertTrue(message.contains("precision=bf16 (about "), message);
  }

  @Test
  void stepsThatAreNotRecordedLeaveRoomForAnEvaluation() {
    long needed = evaluate(evaluated(8), Long.MAX_VALUE / 4);
    LimitedMemory memory = new LimitedMemory(2 * needed);
    memory.hold(needed + needed / 2);
    String message = refusedEvaluation(evaluated(8), memory);
    assertTrue(message.contains("train.capture=never (about "), message);
    assertFalse(refusedEvaluation(evaluated(8), needed / 2).contains("capture"), message);
  }
}
