package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComputeSanitizerTest {
  @TempDir private Path machine;

  @Test
  void takesThePathBeforeTheToolkits() throws IOException {
    Path toolkit = program("local/cuda-13.0/bin");
    assertEquals(Optional.of(toolkit), sanitizer().find());
    Path home = program("home/bin");
    assertEquals(Optional.of(home), sanitizer().find());
    Path path = program("tools");
    assertEquals(Optional.of(path), sanitizer().find());
  }

  @Test
  void saysWhereItLooked() {
    ComputeSanitizer sanitizer = sanitizer();
    assertTrue(sanitizer.find().isEmpty());
    assertEquals(
        List.of(
            machine.resolve("tools"),
            machine.resolve("home/bin"),
            machine.resolve("local/cuda/bin")),
        sanitizer.folders());
  }

  @Test
  void failsWhereTheToolFinds() {
    assertEquals(
        "/bin/compute-sanitizer --tool racecheck --error-exitcode 99 --print-limit 20 java Main",
        String.join(
            " ",
            ComputeSanitizer.command(
                Path.of("/bin/compute-sanitizer"), "racecheck", List.of("java", "Main"))));
  }

  @Test
  void statusesOfTheDriverAreNoErrorsOfKernels() {
    assertTrue(
        ComputeSanitizer.command(Path.of("/bin/compute-sanitizer"), "memcheck", List.of("java"))
            .containsAll(List.of("--report-api-errors", "no")));
  }

  private ComputeSanitizer sanitizer() {
    return ComputeSanitizer.of(
        Map.of(
            "PATH",
            machine.resolve("tools").toString(),
            "CUDA_HOME",
            machine.resolve("home").toString()),
        machine.resolve("local"));
  }

  private Path program(String folder) throws IOException {
    Path file = Files.createDirectories(machine.resolve(folder)).resolve("compute-sanitizer");
    Files.createFile(file);
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
