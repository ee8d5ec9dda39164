package io.auxgrad.kernels.cuda.libraries;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the dynamic linker reads of a library: its own name, what it needs, and its symbols. 64-bit
 * x86 only.
 */
final class ElfFile {
  static final long NEEDED = 1;
  static final long RPATH = 15;
  static final long DEBUG = 21;
  static final long RUNPATH = 29;

  private static final long END = 0;
  private static final long HASH = 4;
  private static final long STRING_TABLE = 5;
  private static final long SYMBOL_TABLE = 6;
  private static final long STRING_SIZE = 10;
  private static final long SONAME = 14;
  private static final long GNU_HASH = 0x6ffffef5L;
  private static final long NEEDED_VERSIONS = 0x6ffffffeL;
  private static final long NEEDED_VERSION_COUNT = 0x6fffffffL;

  private static final long MAGIC = 0x464c457fL;
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int X86_64 = 62;
  private static final int LOADED = 1;
  private static final int DYNAMIC = 2;
  private static final int ENTRY_BYTES = 16;

  /** A run of bytes of the file, and the address it is mapped to. */
  private record Segment(long address, long offset, long size) {}

  /**
   * An entry of the dynamic section.
   *
   * @param at offset of the entry in the file; its value follows the tag of 8 bytes
   */
  record Entry(long tag, long value, long at) {}

  private final ElfImage image;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final long strings;
  private final long stringsEnd;

  /** Reads what names the rest; fails with {@link ElfException} if {@code image} is no library. */
  ElfFile(ElfImage image) {
    this.image = image;
    readHeader();
    strings = offset(required(STRING_TABLE, "a string table"));
    stringsEnd = strings + required(STRING_SIZE, "the size of the string table");
    if (stringsEnd < strings || stringsEnd > image.size()) {
      throw new ElfException(image, "its string table is cut off");
    }
  }

  private void readHeader() {
    if (image.size() == 0) {
      throw new ElfException(image, "it is empty");
    }
    if (image.size() < Integer.BYTES || image.u32(0) != MAGIC) {
      throw new ElfException(image, "it is no ELF file");
    }
    if (image.u8(4) != CLASS_64 || image.u8(5) != LITTLE_ENDIAN || image.u16(18) != X86_64) {
      throw new ElfException(image, "it is not for 64-bit x86");
    }
    long at = image.u64(32);
    int size = image.u16(54);
    int count = image.u16(56);
    for (int i = 0; i < count; i++) {
      readSegment(at + (long) i * size);
    }
    if (entries.isEmpty()) {
      throw new ElfException(image, "it has no dynamic section");
    }
  }

  private void readSegment(long at) {
    long type = image.u32(at);
    Segment segment = new Segment(image.u64(at + 16), image.u64(at + 8), image.u64(at + 32));
    if (type == LOADED) {
      segments.add(segment);
    } else if (type == DYNAMIC && entries.isEmpty()) {
      readEntries(segment);
    }
  }

  private void readEntries(Segment dynamic) {
    for (long i = 0; i + ENTRY_BYTES <= dynamic.size(); i += ENTRY_BYTES) {
      long at = dynamic.offset() + i;
      long tag = image.u64(at);
      if (tag == END) {
        return;
      }
      entries.add(new Entry(tag, image.u64(at + 8), at));
    }
  }

  ElfImage image() {
    return image;
  }

  /** The name under which the dynamic linker knows it. */
  Optional<String> soname() {
    return value(SONAME).map(this::string);
  }

  /** The names of the libraries it needs, in the order in which they are searched. */
  List<String> needed() {
    return entries(NEEDED).stream().map(e -> string(e.value())).toList();
  }

  /** The dynamic entries with a tag. */
  List<Entry> entries(long tag) {
    return entries.stream().filter(e -> e.tag() == tag).toList();
  }

  /** Its versions of the libraries it needs. */
  ElfVersions neededVersions() {
    long count = value(NEEDED_VERSION_COUNT).orElse(0L);
    return new ElfVersions(this, value(NEEDED_VERSIONS).map(this::offset).orElse(0L), count);
  }

  /** Its symbols. */
  ElfSymbols symbols() {
    return new ElfSymbols(
        this,
        offset(required(SYMBOL_TABLE, "a symbol table")),
        value(GNU_HASH).map(this::offset),
        value(HASH).map(this::offset));
  }

  /** The string at {@code index} of the string table. */
  String string(long index) {
    return image.text(stringOffset(index), stringsEnd);
  }

  /** Where in the file the string at {@code index} begins. */
  long stringOffset(long index) {
    if (index < 0 || index >= stringsEnd - strings) {
      throw new ElfException(image, "a name is outside of the string table");
    }
    return strings + index;
  }

  private Optional<Long> value(long tag) {
    return entries.stream().filter(e -> e.tag() == tag).map(Entry::value).findFirst();
  }

  private long required(long tag, String what) {
    return value(tag).orElseThrow(() -> new ElfException(image, "it lacks " + what));
  }

  // Of an address, as the dynamic section has them.
  private long offset(long address) {
    for (Segment s : segments) {
      long within = address - s.address();
      if (within >= 0 && within < s.size()) {
        return s.offset() + within;
      }
    }
    throw new ElfException(image, "an address is in no segment");
  }
}
