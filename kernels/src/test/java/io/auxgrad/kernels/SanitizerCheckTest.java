package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SanitizerCheckTest {
  /** Two steps are eager, the third is captured and launched, and so it is with batches. */
  @Test
  void trainingsReplayStepsAndEvaluations() {
    for (List<String> command : trainings()) {
      assertTrue(command.contains("train.batch=2"), command.toString());
      assertTrue(rooms(command, "train") >= 2 * 5, command.toString());
      assertTrue(rooms(command, "validation") >= 2 * 4, command.toString());
    }
  }

  @Test
  void whatIsMeasuredUnderAToolIsNotKept() {
    for (List<String> command : trainings()) {
      int option = command.indexOf("-Dauxgrad.cuda.search=false");
      assertTrue(option > 0 && option < command.indexOf("-cp"), command.toString());
    }
  }

  private static List<List<String>> trainings() {
    return SanitizerCheck.ofTraining("memcheck", Path.of("runs")).programs();
  }

  private static int rooms(List<String> command, String split) {
    String key = "data.rooms." + split + "=";
    return command.stream()
        .filter(word -> word.startsWith(key))
        .mapToInt(word -> Integer.parseInt(word.substring(key.length())))
        .findFirst()
        .orElseThrow();
  }
}
