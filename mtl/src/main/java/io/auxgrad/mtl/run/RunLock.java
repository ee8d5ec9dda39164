package io.auxgrad.mtl.run;

import io.auxgrad.mtl.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second process from writing into the same run; the system drops it when its holder dies.
 */
final class RunLock implements AutoCloseable {
  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Locks {@code folder}, which exists. */
  static RunLock of(Path folder) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new RunLock(channel);
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel, e);
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw new UserException(
          "run folder " + folder + " cannot be locked: " + TextFile.reason(e), e);
    }
    throw new UserException(
        "run folder "
            + folder
            + " is in use by another training; wait for it, or choose another --out");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UserException("the lock of the run cannot be given back: " + e.getMessage(), e);
    }
  }

  private static void closeQuietly(FileChannel channel, Exception because) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        because.addSuppressed(e);
      }
    }
  }
}
