package io.auxgrad.kernels.cuda.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Files that can be made again. An entry is named by what it was made from; its first line is a
 * checksum, and one that is damaged is made again. Any number of processes may share the folder,
 * which is kept below a size: what was not used for longest goes. Where it cannot be written,
 * entries are made each time, which is said once.
 */
public final class DiskCache {
  /** How the name of a file ends that is being written. */
  static final String PARTIAL = ".partial";

  /** Bytes of the checksum's line. */
  public static final int CHECKSUM_BYTES = 65;

  private final Optional<Path> folder;
  private final long capacity;
  private final String ending;
  private final System.Logger logger;
  private final String consequence;
  private boolean warned;

  /**
   * In {@code folder}, if any.
   *
   * @param capacity bytes at most
   * @param ending of the names of files, for example {@code .cubin}
   * @param logger that is told where it cannot be written
   * @param consequence of that, for the user
   */
  public DiskCache(
      Optional<Path> folder,
      long capacity,
      String ending,
      System.Logger logger,
      String consequence) {
    this.folder = folder;
    this.capacity = capacity;
    this.ending = ending;
    this.logger = logger;
    this.consequence = consequence;
  }

  /** The name for what is made of {@code texts}. */
  public static String key(Iterable<String> texts) {
    MessageDigest digest = sha256();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      // The length keeps the end of one text apart from the beginning of the next.
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Whether something is kept under {@code key}; it may turn out to be damaged. */
  public boolean has(String key) {
    return folder.map(f -> Files.exists(entry(f, key))).orElse(false);
  }

  /** Whether entries can be kept, as far as that is known before one is; says it if not. */
  public boolean isWritable() {
    if (folder.isEmpty()) {
      warnOfNoHome();
      return false;
    }
    try {
      Files.createDirectories(folder.get());
      if (Files.isWritable(folder.get())) {
        return true;
      }
      warn(folder.get() + " cannot be written");
    } catch (IOException e) {
      warn(folder.get() + " cannot be written: " + e);
    }
    return false;
  }

  private Path entry(Path folder, String key) {
    return folder.resolve(key + ending);
  }

  /** What is kept under {@code key}, else what {@code make} makes, which is kept then. */
  public byte[] get(String key, Supplier<byte[]> make) {
    return find(key)
        .orElseGet(() -> {
          byte[] made = make.get();
          keep(key, made);
          return made;
        });
  }

  /** What is kept under {@code key}. */
  public Optional<byte[]> find(String key) {
    if (folder.isEmpty()) {
      warnOfNoHome();
      return Optional.empty();
    }
    Path file = entry(folder.get(), key);
    Optional<byte[]> kept = read(file);
    kept.ifPresent(_ -> markUsed(file));
    return kept;
  }

  /** Keeps {@code content} under {@code key}, where that is possible. */
  public void keep(String key, byte[] content) {
    folder.ifPresent(f -> write(entry(f, key), content));
  }

  private Optional<byte[]> read(Path file) {
    try {
      byte[] entry = Files.readAllBytes(file);
      int header = Math.min(CHECKSUM_BYTES, entry.length);
      byte[] content = Arrays.copyOfRange(entry, header, entry.length);
      return Arrays.equals(checksum(content), Arrays.copyOf(entry, header))
          ? Optional.of(content)
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      warn(file + " cannot be read: " + e);
      return Optional.empty();
    }
  }

  // Others may read the folder and not write it: entries serve without a mark too.
  private void markUsed(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      logger.log(System.Logger.Level.DEBUG, "{0} cannot be marked as used: {1}", file, e);
    }
  }

  private void write(Path file, byte[] content) {
    Path folder = file.getParent();
    try {
      Files.createDirectories(folder);
      Path partial = Files.createTempFile(folder, "new-", PARTIAL);
      try {
        writeThrough(partial, checksum(content), content);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
      Eviction.shrink(folder, capacity);
    } catch (IOException e) {
      warn(folder + " cannot be written: " + e);
    }
  }

  // To the disk before the file gets its name: a crash must not leave a name without content.
  private static void writeThrough(Path file, byte[]... parts) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (byte[] part : parts) {
        ByteBuffer rest = ByteBuffer.wrap(part);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
      channel.force(true);
    }
  }

  private void warnOfNoHome() {
    warn("there is no home for a cache");
  }

  private synchronized void warn(String reason) {
    if (!warned) {
      warned = true;
      logger.log(
          System.Logger.Level.WARNING,
          "%s, because %s; set AUXGRAD_CACHE to a folder that can be written"
              .formatted(consequence, reason));
    }
  }

  private static byte[] checksum(byte[] content) {
    String line = HexFormat.of().formatHex(sha256().digest(content)) + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
