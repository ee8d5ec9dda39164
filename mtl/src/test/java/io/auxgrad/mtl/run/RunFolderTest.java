package io.auxgrad.mtl.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.mtl.UserException;
import io.auxgrad.mtl.config.Config;
import io.auxgrad.mtl.config.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
  private static final Config CONFIG = new ConfigBuilder().preset("tiny").build();

  @TempDir Path folder;

  @Test
  void keepsTheConfiguration() {
    Path path = folder.resolve("a/b");
    RunFolder.create(path, CONFIG).close();
    try (RunFolder run = RunFolder.resume(path)) {
      assertEquals(CONFIG, run.config());
    }
  }

  @Test
  void isNumberedAnew() throws IOException {
    Files.createDirectory(folder.resolve("tiny-1"));
    assertEquals(folder.resolve("tiny-2"), RunFolder.next(folder, "tiny"));
  }

  @Test
  void doesNotOverwrite() throws IOException {
    Files.writeString(folder.resolve("thesis.tex"), "");
    assertMessage(
        () -> RunFolder.create(folder, CONFIG), "is not empty: continue that run with --resume");
  }

  @Test
  void isLockedWhileInUse() {
    Path path = folder.resolve("run");
    try (RunFolder _ = RunFolder.create(path, CONFIG)) {
      assertMessage(() -> RunFolder.resume(path), "is in use by another training");
      assertEquals(CONFIG, RunFolder.open(path).config(), "reading needs no lock");
    }
    RunFolder.resume(path).close();
  }

  @Test
  void isLockedForAnotherProcess() throws IOException, InterruptedException {
    Path path = folder.resolve("run");
    try (RunFolder _ = RunFolder.create(path, CONFIG)) {
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Locking.class.getName(),
                  path.toString())
              .redirectErrorStream(true)
              .start();
      String printed =
          new String(
              other.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertEquals(3, other.waitFor(), printed);
      assertTrue(printed.contains("is in use by another training"), printed);
    }
  }

  /** What the other process does. */
  static final class Locking {
    private Locking() {}

    public static void main(String[] args) {
      try {
        RunFolder.resume(Path.of(args[0])).close();
      } catch (UserException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  @Test
  void anotherFolderIsNoRun() {
    assertMessage(() -> RunFolder.open(folder), "is not a run folder (it has no config.yaml)");
    assertMessage(() -> RunFolder.open(folder.resolve("absent")), "is not a run folder");
  }

  @Test
  void aFileInItsPlaceIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertMessage(() -> RunFolder.create(file.resolve("run"), CONFIG), "cannot be made");
    assertMessage(() -> RunFolder.create(file, CONFIG), "is not a folder");
  }

  private static void assertMessage(org.junit.jupiter.api.function.Executable action, String part) {
    UserException e = assertThrows(UserException.class, action);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
