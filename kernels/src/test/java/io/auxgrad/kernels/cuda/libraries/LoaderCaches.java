package io.auxgrad.kernels.cuda.libraries;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes caches of the dynamic linker as glibc's {@code ldconfig} does. */
final class LoaderCaches {
  private static final int FLAGS = 0x0303;

  private LoaderCaches() {}

  /** Of glibc 2.32 and newer. */
  static byte[] newFormat(String... paths) {
    return cache("glibc-ld.so.cache1.1", 20, 48, 24, 0, paths);
  }

  /** Of old ones. */
  static byte[] oldFormat(String... paths) {
    return cache("ld.so-1.7.0", 12, 16, 12, 16 + paths.length * 12, paths);
  }

  /** Of those between: the old format for {@code old}, and the new one behind its entry. */
  static byte[] bothFormats(String old, String... paths) {
    byte[] behind = newFormat(paths);
    return ByteBuffer.wrap(new byte[32 + behind.length])
        .put(0, oldFormat(old), 0, 28)
        .put(32, behind)
        .array();
  }

  // An entry: flags, where its name is, where its path is, counted from the origin.
  private static byte[] cache(
      String magic, int count, int header, int entry, int origin, String... paths) {
    ByteArrayOutputStream strings = new ByteArrayOutputStream();
    int text = header + paths.length * entry;
    byte[] start = new byte[text];
    ByteBuffer b = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    b.put(0, magic.getBytes(StandardCharsets.US_ASCII)).putInt(count, paths.length);
    for (int i = 0; i < paths.length; i++) {
      int name = text - origin + strings.size();
      int at = header + i * entry;
      strings.writeBytes((paths[i] + "\0").getBytes(StandardCharsets.UTF_8));
      b.putInt(at, FLAGS).putInt(at + 4, name).putInt(at + 8, name);
    }
    return ByteBuffer.wrap(new byte[text + strings.size()])
        .put(start)
        .put(strings.toByteArray())
        .array();
  }
}
