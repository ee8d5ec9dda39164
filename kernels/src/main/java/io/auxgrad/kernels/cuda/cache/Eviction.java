package io.auxgrad.kernels.cuda.cache;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps a folder of files that can be made again below a size. */
final class Eviction {
  /** What is not complete after this time never will be: its process was ended. */
  private static final Duration LONGEST_WRITE = Duration.ofHours(1);

  private record Entry(Path file, FileTime used, long bytes) {
    boolean isBeingWritten() {
      return file.toString().endsWith(DiskCache.PARTIAL)
          && used.toInstant().isAfter(Instant.now().minus(LONGEST_WRITE));
    }
  }

  private Eviction() {}

  /**
   * Deletes files of {@code folder} until at most {@code capacity} bytes are left; those go first
   * whose time is the oldest. Other processes may do the same at the same time.
   */
  static void shrink(Path folder, long capacity) throws IOException {
    List<Entry> entries = entries(folder);
    entries.removeIf(Entry::isBeingWritten);
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    for (Entry entry : entries) {
      if (bytes <= capacity) {
        return;
      }
      Files.deleteIfExists(entry.file);
      bytes -= entry.bytes;
    }
  }

  private static List<Entry> entries(Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        add(file, entries);
      }
    }
    entries.sort(Comparator.comparing(Entry::used));
    return entries;
  }

  private static void add(Path file, List<Entry> entries) throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        entries.add(new Entry(file, attributes.lastModifiedTime(), attributes.size()));
      }
    } catch (NoSuchFileException e) {
      // Another process was faster.
    }
  }
}
