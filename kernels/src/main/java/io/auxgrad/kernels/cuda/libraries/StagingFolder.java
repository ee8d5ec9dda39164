package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder for natives that only this user can see, with a name that nobody can foretell. Closing
 * it deletes it: a library that is loaded no longer needs its file.
 *
 * <p>It lies where nobody else can put another folder in its place: not below one that anybody may
 * change.
 */
final class StagingFolder implements AutoCloseable {
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private final Path folder;
  private final List<Path> files = new ArrayList<>();

  private StagingFolder(Path folder) {
    this.folder = folder;
  }

  /** A new one. */
  static StagingFolder below(Path parent) throws IOException {
    Files.createDirectories(parent);
    int mode = (int) Files.getAttribute(parent, "unix:mode");
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new IOException("any user may rename what is in it: chmod +t");
    }
    return new StagingFolder(
        Files.createTempDirectory(
            parent,
            "auxgrad-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  Path path() {
    return folder;
  }

  /** Writes a file into it. */
  Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    files.add(file);
    return Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Whether the dynamic linker takes {@code file}; not so where the folder is mounted noexec. */
  @SuppressWarnings("restricted")
  boolean isLoadable(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(file, arena);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Deletes what can be deleted: a network file system keeps what is loaded under another name. */
  @Override
  public void close() {
    files.forEach(StagingFolder::delete);
    delete(folder);
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }
}
