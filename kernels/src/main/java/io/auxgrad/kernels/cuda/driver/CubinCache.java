package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.cache.DiskCache;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk, below 256 MiB. Where they cannot be kept, they are compiled each time,
 * which is said once in the log.
 */
public final class CubinCache {
  private static final System.Logger LOGGER = System.getLogger(CubinCache.class.getName());

  /** The kernels of some forty versions and architectures. */
  private static final long CAPACITY = 256L << 20;

  private final DiskCache cache;

  /** In {@code folder}, if any, with at most {@code capacity} bytes. */
  CubinCache(Optional<Path> folder, long capacity) {
    cache = new DiskCache(folder, capacity, ".cubin", LOGGER, "kernels are compiled at each start");
  }

  /** The user's. */
  public static CubinCache of(Surroundings surroundings) {
    return new CubinCache(surroundings.cache().map(c -> c.resolve("cubin")), CAPACITY);
  }

  /** The key of what {@code source} compiles to. */
  public static String key(
      KernelSource source, String architecture, List<String> options, String compiler) {
    List<String> texts = new ArrayList<>(List.of(compiler, architecture));
    texts.addAll(options);
    texts.addAll(List.of(source.name(), source.text()));
    source
        .headers()
        .forEach((name, text) -> {
          texts.add(name);
          texts.add(text);
        });
    return DiskCache.key(texts);
  }

  /** Whether something is kept under {@code key}; it may turn out to be damaged. */
  boolean has(String key) {
    return cache.has(key);
  }

  /** What is kept under {@code key}, else what {@code make} makes, which is kept then. */
  public byte[] get(String key, Supplier<byte[]> make) {
    return cache.get(key, make);
  }
}
