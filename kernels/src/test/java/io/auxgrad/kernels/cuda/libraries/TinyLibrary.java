package io.auxgrad.kernels.cuda.libraries;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes the smallest ELF libraries that say what a test wants; they hold no code. */
final class TinyLibrary {
  private static final int SEGMENTS = 64;
  private static final int SYMBOLS = SEGMENTS + 2 * 56;
  private static final int SYMBOL_BYTES = 24;

  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final String soname;
  private final List<String> exports;

  private TinyLibrary(String soname, List<String> exports) {
    this.soname = soname;
    this.exports = exports;
  }

  /** A library that calls itself {@code soname} and has the functions {@code exports}. */
  static byte[] of(String soname, String... exports) {
    return new TinyLibrary(soname, List.of(exports)).bytes();
  }

  private byte[] bytes() {
    strings.write(0);
    long name = string(soname);
    List<Long> functions = new ArrayList<>();
    exports.forEach(e -> functions.add(string(e)));
    int count = functions.size() + 1;
    int hash = SYMBOLS + count * SYMBOL_BYTES;
    int text = hash + 8;
    int dynamic = text + strings.size() + 7 & -8;
    int size = dynamic + 6 * 16;
    ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    b.putShort(16, (short) 3).putShort(18, (short) 62);
    b.putLong(32, SEGMENTS).putShort(54, (short) 56).putShort(56, (short) 2);
    segment(b, SEGMENTS, 1, 0, size);
    segment(b, SEGMENTS + 56, 2, dynamic, size - dynamic);
    for (int i = 1; i < count; i++) {
      int at = SYMBOLS + i * SYMBOL_BYTES;
      b.putInt(at, functions.get(i - 1).intValue())
          .put(at + 4, (byte) 0x12)
          .putShort(at + 6, (short) 1);
    }
    b.putInt(hash + 4, count);
    b.put(text, strings.toByteArray());
    long[][] entries = {{14, name}, {5, text}, {10, strings.size()}, {6, SYMBOLS}, {4, hash}};
    for (int i = 0; i < entries.length; i++) {
      b.putLong(dynamic + i * 16, entries[i][0]).putLong(dynamic + i * 16 + 8, entries[i][1]);
    }
    return b.array();
  }

  private static void segment(ByteBuffer b, int at, int type, long offset, long size) {
    b.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, offset).putLong(at + 32, size);
  }

  private long string(String text) {
    long index = strings.size();
    strings.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    strings.write(0);
    return index;
  }
}
