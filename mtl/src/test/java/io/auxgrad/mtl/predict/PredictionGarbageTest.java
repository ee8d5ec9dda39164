package io.auxgrad.mtl.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A prediction makes hardly anything for the garbage collector. */
class PredictionGarbageTest {
  // For each of a hundred ops the objects that describe its shapes and divide its work.
  private static final long ALLOWED_BYTES = 100_000;

  // What the JVM's compiler makes of a loop depends on when it gets to it: in one start of many a
  // loop keeps its vectors as objects for good. What is our doing is so in each start.
  private static final int STARTS = 3;

  @Test
  void aPredictionMakesHardlyAnyGarbage() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    for (int start = 0; start < STARTS && least >= ALLOWED_BYTES; start++) {
      least = Math.min(least, inAJvmOfItsOwn());
    }
    assertTrue(least < ALLOWED_BYTES, least + " bytes of garbage in a prediction");
  }

  private static long inAJvmOfItsOwn() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                PredictionGarbage.class.getName(),
                Long.toString(ALLOWED_BYTES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return Long.parseLong(out.strip());
  }
}
