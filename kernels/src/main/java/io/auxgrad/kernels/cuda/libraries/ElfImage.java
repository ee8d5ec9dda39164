package io.auxgrad.kernels.cuda.libraries;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * The bytes of an ELF file. Whatever it holds, reading beyond its end fails with an {@link
 * ElfException} that names it.
 */
final class ElfImage {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final MemorySegment bytes;

  private ElfImage(String name, MemorySegment bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** Of bytes in memory; what is put into it goes into {@code bytes}. */
  static ElfImage of(String name, byte[] bytes) {
    return new ElfImage(name, MemorySegment.ofArray(bytes));
  }

  /**
   * What {@code reader} makes of a file, which is mapped meanwhile: only what is read is fetched.
   *
   * @throws IOException also if the file becomes shorter while it is read, as one that is just
   *     installed may
   */
  static <R> R read(Path file, Function<ElfImage, R> reader) throws IOException {
    // Whoever opens a named pipe waits for somebody who writes to it.
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is no file");
    }
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return reader.apply(new ElfImage(file.toString(), bytes));
    } catch (InternalError e) {
      throw new IOException("it changed while it was read", e);
    }
  }

  /** What the file is called in messages. */
  String name() {
    return name;
  }

  long size() {
    return bytes.byteSize();
  }

  int u8(long at) {
    check(at, 1);
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
  }

  int u16(long at) {
    check(at, Short.BYTES);
    return Short.toUnsignedInt(bytes.get(U16, at));
  }

  long u32(long at) {
    check(at, Integer.BYTES);
    return Integer.toUnsignedLong(bytes.get(U32, at));
  }

  /** A 64-bit number; those of a sound file are far below the sign bit. */
  long u64(long at) {
    check(at, Long.BYTES);
    return bytes.get(U64, at);
  }

  void put32(long at, int value) {
    check(at, Integer.BYTES);
    bytes.set(U32, at, value);
  }

  void put64(long at, long value) {
    check(at, Long.BYTES);
    bytes.set(U64, at, value);
  }

  /** The text from {@code at} to the next zero, which must come before {@code end}. */
  String text(long at, long end) {
    check(at, 0);
    long zero = at;
    while (zero < end && u8(zero) != 0) {
      zero++;
    }
    if (zero >= end) {
      throw new ElfException(this, "a name at byte " + at + " has no end");
    }
    byte[] text = bytes.asSlice(at, zero - at).toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  void putText(long at, String text) {
    byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
    check(at, encoded.length + 1L);
    MemorySegment.copy(encoded, 0, bytes, ValueLayout.JAVA_BYTE, at, encoded.length);
    bytes.set(ValueLayout.JAVA_BYTE, at + encoded.length, (byte) 0);
  }

  private void check(long at, long length) {
    if (at < 0 || at > size() - length) {
      throw new ElfException(
          this,
          "it ends at byte "
              + size()
              + ", and byte "
              + Long.toUnsignedString(at)
              + " is referred to");
    }
  }
}
