package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.Slabs.Block;

/**
 * The free blocks by size: a linked list for each power of two, and a bit for each list that is not
 * empty. Adding and removing make no garbage.
 */
final class FreeBlocks {
  private final Block[] lists = new Block[Long.SIZE];
  private long notEmpty;

  void add(Block block) {
    int list = listOf(block.size);
    block.next = lists[list];
    block.previous = null;
    if (block.next != null) {
      block.next.previous = block;
    }
    lists[list] = block;
    notEmpty |= 1L << list;
  }

  void remove(Block block) {
    if (block.next != null) {
      block.next.previous = block.previous;
    }
    if (block.previous != null) {
      block.previous.next = block.next;
      return;
    }
    int list = listOf(block.size);
    lists[list] = block.next;
    if (block.next == null) {
      notEmpty &= ~(1L << list);
    }
  }

  /** One of them; null if there is none. */
  Block any() {
    return notEmpty == 0 ? null : lists[Long.numberOfTrailingZeros(notEmpty)];
  }

  /** The smallest block of at least {@code size} bytes, of several the lowest; null if none. */
  Block smallest(long size) {
    int list = listOf(size);
    Block found = smallest(lists[list], size);
    long larger = notEmpty & (-2L << list);
    return found == null && larger != 0
        ? smallest(lists[Long.numberOfTrailingZeros(larger)], size)
        : found;
  }

  private static Block smallest(Block first, long size) {
    Block best = null;
    for (Block block = first; block != null; block = block.next) {
      if (block.size >= size && (best == null || isBefore(block, best))) {
        best = block;
      }
    }
    return best;
  }

  private static boolean isBefore(Block a, Block b) {
    return a.size < b.size || (a.size == b.size && a.address < b.address);
  }

  private static int listOf(long size) {
    return Long.SIZE - 1 - Long.numberOfLeadingZeros(size);
  }
}
