package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of the shell stand for Python and for the script. */
class PeersCheckTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void takesTheFirstPythonThatHasWhatItNeedsAndGivesItTheOptions() throws Exception {
    Path without = program("without", "echo 'No module named torch'; exit 1");
    Path with = program("with", "[ $1 = -c ] || echo \"$*\" >>" + folder.resolve("ran"));
    Path script = Files.createFile(folder.resolve("record.py"));
    assertEquals(
        GpuCheck.PASSED, run(script, folder + "/none", without.toString(), with.toString()));
    assertEquals(
        "-B " + script + " --device cuda --only=row\n", Files.readString(folder.resolve("ran")));
    assertTrue(said().contains(without + ": No module named torch"), said());
  }

  @Test
  void isAbsentWithoutPythonOrScript() throws Exception {
    Path script = Files.createFile(folder.resolve("record.py"));
    assertEquals(GpuCheck.ABSENT, run(script, folder + "/none"));
    assertTrue(said().contains("AUXGRAD_PYTHON names one"), said());
    assertEquals(GpuCheck.ABSENT, run(folder.resolve("other.py"), folder + "/none"));
    assertTrue(said().contains("other.py: a bundle has it"), said());
  }

  @Test
  void failsWhereTheScriptDoes() throws Exception {
    Path python = program("python", "[ $1 = -c ]");
    Path script = Files.createFile(folder.resolve("record.py"));
    assertEquals(GpuCheck.FAILED, run(script, python.toString()));
  }

  private int run(Path script, String... pythons) throws IOException, InterruptedException {
    return new PeersCheck(script, List.of(pythons), List.of("--only=row"))
        .run(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private Path program(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
