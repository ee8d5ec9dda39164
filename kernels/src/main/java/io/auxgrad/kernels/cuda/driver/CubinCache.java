package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.Surroundings;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk. An entry is a file named by what it was made from; it begins with a
 * checksum, and one that is damaged is made again. Any number of processes may share the folder,
 * which is kept below 256 MiB: what was not used for longest goes. Where it cannot be written,
 * kernels are compiled each time, which is said once in the log.
 */
public final class CubinCache {
  private static final System.Logger LOGGER = System.getLogger(CubinCache.class.getName());

  /** How the name of a file ends that is being written. */
  static final String PARTIAL = ".partial";

  private static final int CHECKSUM_BYTES = 32;

  /** The kernels of some forty versions and architectures. */
  private static final long CAPACITY = 256L << 20;

  private final Optional<Path> folder;
  private final long capacity;
  private boolean warned;

  /** In {@code folder}, if any, with at most {@code capacity} bytes. */
  CubinCache(Optional<Path> folder, long capacity) {
    this.folder = folder;
    this.capacity = capacity;
  }

  /** The user's. */
  public static CubinCache of(Surroundings surroundings) {
    return new CubinCache(surroundings.cache().map(c -> c.resolve("cubin")), CAPACITY);
  }

  /** The key of what {@code source} compiles to. */
  public static String key(
      KernelSource source, String architecture, List<String> options, String compiler) {
    MessageDigest digest = sha256();
    update(digest, compiler);
    update(digest, architecture);
    options.forEach(o -> update(digest, o));
    update(digest, source.name());
    update(digest, source.text());
    source
        .headers()
        .forEach((name, text) -> {
          update(digest, name);
          update(digest, text);
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  // The length keeps the end of one text apart from the beginning of the next.
  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  /** Whether something is kept under {@code key}; it may turn out to be damaged. */
  boolean has(String key) {
    return folder.map(f -> Files.exists(entry(f, key))).orElse(false);
  }

  private static Path entry(Path folder, String key) {
    return folder.resolve(key + ".cubin");
  }

  /** What is kept under {@code key}, else what {@code make} makes, which is kept then. */
  public byte[] get(String key, Supplier<byte[]> make) {
    if (folder.isEmpty()) {
      warn("there is no home for a cache");
      return make.get();
    }
    Path file = entry(folder.get(), key);
    Optional<byte[]> kept = read(file);
    if (kept.isPresent()) {
      markUsed(file);
      return kept.get();
    }
    byte[] made = make.get();
    write(file, made);
    return made;
  }

  private Optional<byte[]> read(Path file) {
    try {
      byte[] entry = Files.readAllBytes(file);
      byte[] checksum = Arrays.copyOf(entry, CHECKSUM_BYTES);
      byte[] content =
          Arrays.copyOfRange(entry, Math.min(CHECKSUM_BYTES, entry.length), entry.length);
      return MessageDigest.isEqual(checksum, sha256().digest(content))
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
  private static void markUsed(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "{0} cannot be marked as used: {1}", file, e);
    }
  }

  private void write(Path file, byte[] content) {
    Path folder = file.getParent();
    try {
      Files.createDirectories(folder);
      Path partial = Files.createTempFile(folder, "new-", PARTIAL);
      try {
        writeThrough(partial, sha256().digest(content), content);
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

  private synchronized void warn(String reason) {
    if (!warned) {
      warned = true;
      LOGGER.log(
          System.Logger.Level.WARNING,
          "kernels are compiled at each start, because "
              + reason
              + "; set AUXGRAD_CACHE to a folder that can be written");
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
