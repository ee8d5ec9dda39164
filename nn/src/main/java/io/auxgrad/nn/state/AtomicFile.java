package io.auxgrad.nn.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes files that are there whole or not at all: a temporary file in the same folder, forced to
 * disk, then renamed over the old one, and the folder forced too. If anything fails the old file
 * stays as it was, and the temporary one is removed.
 */
public final class AtomicFile {
  private static final boolean FOLDERS_CAN_BE_FORCED =
      !System.getProperty("os.name").startsWith("Windows");

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the channel is closed by the caller. */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /**
   * Makes {@code file}, or replaces it, with {@code content}. Its folder must exist.
   *
   * @throws IOException naming the file and why it could not be written
   */
  public static void write(Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = folder.resolve("." + file.getFileName() + "." + suffix + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      remove(temporary, e);
      throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      remove(temporary, e);
      throw e;
    }
    forceFolder(folder);
  }

  private static void remove(Path temporary, Throwable cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  // Without this the rename itself may be lost in a power cut. Windows does not open folders.
  private static void forceFolder(Path folder) throws IOException {
    if (FOLDERS_CAN_BE_FORCED) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
