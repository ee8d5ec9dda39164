package io.auxgrad.kernels.cuda.libraries;

import java.util.ArrayList;
import java.util.List;

/** The versions of symbols that a library asks of those it needs. */
final class ElfVersions {
  /**
   * The versions asked of one library.
   *
   * @param at offset in the file of the index of its name
   */
  record OfLibrary(String name, long at, List<Node> nodes) {}

  /**
   * One version.
   *
   * @param at offset in the file of its record: the hash of the name, and at 8 the name's index
   */
  record Node(String name, long at) {}

  private static final int FILE = 4;
  private static final int FIRST_NODE = 8;
  private static final int NEXT_LIBRARY = 12;
  private static final int NODE_NAME = 8;
  private static final int NEXT_NODE = 12;

  private final ElfFile elf;
  private final List<OfLibrary> libraries = new ArrayList<>();

  ElfVersions(ElfFile elf, long first, long count) {
    this.elf = elf;
    ElfImage image = elf.image();
    long at = first;
    for (long i = 0; i < count; i++) {
      libraries.add(read(at));
      long next = image.u32(at + NEXT_LIBRARY);
      if (next == 0) {
        return;
      }
      at += next;
    }
  }

  List<OfLibrary> libraries() {
    return libraries;
  }

  private OfLibrary read(long at) {
    ElfImage image = elf.image();
    int count = image.u16(at + 2);
    List<Node> nodes = new ArrayList<>();
    long node = at + image.u32(at + FIRST_NODE);
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(elf.string(image.u32(node + NODE_NAME)), node));
      long next = image.u32(node + NEXT_NODE);
      if (next == 0) {
        break;
      }
      node += next;
    }
    return new OfLibrary(elf.string(image.u32(at + FILE)), at + FILE, nodes);
  }

  /** Makes {@code library} and its node of the same name go by the string at {@code index}. */
  void rename(OfLibrary library, long index) {
    String name = elf.string(index);
    elf.image().put32(library.at(), Math.toIntExact(index));
    for (Node node : library.nodes()) {
      if (node.name().equals(library.name())) {
        elf.image().put32(node.at(), hash(name));
        elf.image().put32(node.at() + NODE_NAME, Math.toIntExact(index));
      }
    }
  }

  /** The hash of a version's name, as the System V ABI has it. */
  static int hash(String name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash << 4) + name.charAt(i);
      int high = hash & 0xf0000000;
      hash = (hash ^ high >>> 24) & ~high;
    }
    return hash;
  }
}
