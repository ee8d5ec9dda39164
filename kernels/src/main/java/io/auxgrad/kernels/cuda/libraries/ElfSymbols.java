package io.auxgrad.kernels.cuda.libraries;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The dynamic symbols of a library: what it gives to others, and what it wants of them. */
final class ElfSymbols {
  private static final int SYMBOL_BYTES = 24;
  private static final int LOCAL = 0;
  private static final int HIDDEN = 2;
  private static final int INTERNAL = 1;

  private final ElfFile elf;
  private final Set<String> exports = new TreeSet<>();
  private final Set<String> imports = new TreeSet<>();

  ElfSymbols(ElfFile elf, long table, Optional<Long> gnuHash, Optional<Long> hash) {
    this.elf = elf;
    long count =
        gnuHash
            .map(this::countByGnuHash)
            .or(() -> hash.map(at -> elf.image().u32(at + 4)))
            .orElseThrow(() -> new ElfException(elf.image(), "it has no table of symbol hashes"));
    for (long i = 1; i < count; i++) {
      read(table + i * SYMBOL_BYTES);
    }
  }

  /** The names of what it defines for others. */
  Set<String> exports() {
    return exports;
  }

  /** The names of what it expects of others. */
  Set<String> imports() {
    return imports;
  }

  private void read(long at) {
    ElfImage image = elf.image();
    int binding = image.u8(at + 4) >> 4;
    int visibility = image.u8(at + 5) & 3;
    if (binding == LOCAL || visibility == HIDDEN || visibility == INTERNAL) {
      return;
    }
    boolean defined = image.u16(at + 6) != 0;
    (defined ? exports : imports).add(elf.string(image.u32(at)));
  }

  // The table holds no count: it is one more than the end of the chain that begins last. Layout:
  // four numbers (buckets, first hashed symbol, words of the filter, its shift), the filter, the
  // buckets, and a hash per symbol whose lowest bit marks the end of a chain.
  private long countByGnuHash(long at) {
    ElfImage image = elf.image();
    long buckets = image.u32(at);
    long firstHashed = image.u32(at + 4);
    long bucket = at + 16 + image.u32(at + 8) * Long.BYTES;
    long chains = bucket + buckets * Integer.BYTES;
    long last = 0;
    for (long i = 0; i < buckets; i++) {
      last = Math.max(last, image.u32(bucket + i * Integer.BYTES));
    }
    if (last < firstHashed) {
      return firstHashed;
    }
    while ((image.u32(chains + (last - firstHashed) * Integer.BYTES) & 1) == 0) {
      last++;
    }
    return last + 1;
  }
}
