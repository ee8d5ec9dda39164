package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where natives lie before they are loaded. */
class StagingFolderTest {
  @TempDir private Path parent;

  @Test
  void isItsUsersAloneAndGoneAfterwards() throws IOException {
    Path path;
    try (StagingFolder folder = StagingFolder.below(parent.resolve("new"))) {
      path = folder.path();
      assertEquals(
          PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(path));
      Path file = folder.write("libx.so", new byte[] {1, 2});
      assertEquals(2, Files.size(file));
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void aFileOfThatNameIsNotWrittenOver() throws IOException {
    try (StagingFolder folder = StagingFolder.below(parent)) {
      Path target = Files.createFile(parent.resolve("target"));
      Files.createSymbolicLink(folder.path().resolve("libx.so"), target);
      assertThrows(FileAlreadyExistsException.class, () -> folder.write("libx.so", new byte[] {1}));
      assertEquals(0, Files.size(target));
    }
  }

  @Test
  void doesNotLieWhereAnybodyMayChangeIt() throws IOException {
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
    IOException e = assertThrows(IOException.class, () -> StagingFolder.below(parent));
    assertTrue(e.getMessage().contains("chmod +t"), e.getMessage());
    Files.setAttribute(parent, "unix:mode", 01777);
    StagingFolder.below(parent).close();
  }

  /** On a network file system a file in use stays, under another name. */
  @Test
  void whatCannotBeDeletedIsNoFailure() throws IOException {
    StagingFolder folder = StagingFolder.below(parent);
    folder.write("libx.so", new byte[] {1});
    Path left = Files.createFile(folder.path().resolve(".nfs0001"));
    folder.close();
    assertTrue(Files.exists(left));
    Files.delete(left);
  }
}
