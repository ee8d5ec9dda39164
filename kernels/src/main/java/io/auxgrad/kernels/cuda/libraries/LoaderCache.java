package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The dynamic linker's cache of where libraries are, {@code /etc/ld.so.cache}, in the two formats
 * of glibc. The old one may be followed by the new one, which then counts.
 */
final class LoaderCache {
  private static final String OLD_MAGIC = "ld.so-1.7.0";
  private static final int OLD_HEADER = 16;
  private static final int OLD_ENTRY = 12;
  private static final String NEW_MAGIC = "glibc-ld.so.cache1.1";
  private static final int NEW_HEADER = 48;
  private static final int NEW_ENTRY = 24;
  // For glibc, 64-bit x86.
  private static final int FLAGS = 0x0303;

  private final ByteBuffer bytes;

  private LoaderCache(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The paths of all libraries in the cache; none if there is none, or it cannot be made out. */
  static List<String> read(Path file) {
    try {
      return new LoaderCache(Files.readAllBytes(file)).paths();
    } catch (IOException
        | ArithmeticException
        | IndexOutOfBoundsException
        | BufferUnderflowException e) {
      return List.of();
    }
  }

  private List<String> paths() {
    if (!startsWith(OLD_MAGIC, 0)) {
      return startsWith(NEW_MAGIC, 0) ? newFormat(0) : List.of();
    }
    int count = bytes.getInt(OLD_HEADER - Integer.BYTES);
    int end = Math.addExact(OLD_HEADER, Math.multiplyExact(count, OLD_ENTRY));
    int behind = end + Long.BYTES - 1 & -Long.BYTES;
    return startsWith(NEW_MAGIC, behind)
        ? newFormat(behind)
        : entries(OLD_HEADER, OLD_ENTRY, count, end);
  }

  private List<String> newFormat(int start) {
    int count = bytes.getInt(start + NEW_MAGIC.length());
    return entries(start + NEW_HEADER, NEW_ENTRY, count, start);
  }

  // An entry begins with its flags and where, from the origin, its name and its path are.
  private List<String> entries(int first, int size, int count, int origin) {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = first + i * size;
      if ((bytes.getInt(at) & 0xffff) == FLAGS) {
        paths.add(text(origin + bytes.getInt(at + 2 * Integer.BYTES)));
      }
    }
    return paths;
  }

  private boolean startsWith(String magic, int at) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (at < 0 || at + expected.length > bytes.capacity()) {
      return false;
    }
    return bytes.slice(at, expected.length).equals(ByteBuffer.wrap(expected));
  }

  private String text(int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), at, end - at, StandardCharsets.UTF_8);
  }
}
