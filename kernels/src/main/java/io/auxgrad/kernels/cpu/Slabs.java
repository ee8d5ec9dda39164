package io.auxgrad.kernels.cpu;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Blocks cut from large slabs of native memory: the smallest free block that fits is taken, its
 * rest stays free, and a block given back grows together with its free neighbours. Not thread-safe.
 */
final class Slabs {
  /** Of every block's address and size. */
  static final int ALIGNMENT = 64;

  private final long slabBytes;
  private final TreeSet<Block> free =
      new TreeSet<>(Comparator.<Block>comparingLong(b -> b.size).thenComparingLong(b -> b.address));
  private long reserved;

  /** Slabs of {@code slabBytes}, or as large as the request where that is more. */
  Slabs(long slabBytes) {
    this.slabBytes = slabBytes;
  }

  /** A piece of a slab. */
  static final class Block {
    final Slab slab;
    final long address;
    long size;
    boolean isFree;
    Block before;
    Block behind;

    Block(Slab slab, long address, long size) {
      this.slab = slab;
      this.address = address;
      this.size = size;
    }
  }

  /** What {@code malloc} gave, and the usable size of it. */
  record Slab(long base, long size) {}

  /** Bytes taken from the system. */
  long reserved() {
    return reserved;
  }

  /** A block of at least {@code bytes} bytes. */
  Block take(long bytes) {
    long size = Math.max(ALIGNMENT, Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT);
    Block block = free.ceiling(new Block(null, 0, size));
    if (block == null) {
      block = reserve(Math.max(size, slabBytes));
    } else {
      free.remove(block);
    }
    block.isFree = false;
    if (block.size > size) {
      splitOff(block, size);
    }
    return block;
  }

  /** Gives a block back. */
  void give(Block block) {
    if (block.before != null && block.before.isFree) {
      block = join(block.before, block);
    }
    if (block.behind != null && block.behind.isFree) {
      join(block, block.behind);
    }
    markFree(block);
  }

  /** Returns the slabs in which nothing is in use to the system. */
  void trim() {
    for (Block block : List.copyOf(free)) {
      if (block.size == block.slab.size) {
        free.remove(block);
        reserved -= block.slab.size;
        NativeHeap.free(block.slab.base);
      }
    }
  }

  private Block reserve(long size) {
    long base = NativeHeap.allocate(size + ALIGNMENT);
    if (base == 0) {
      throw new OutOfMemoryError(
          "the system has no %d bytes more; %d are held: use a smaller batch or size"
              .formatted(size, reserved));
    }
    Slab slab = new Slab(base, size);
    reserved += size;
    return new Block(slab, Math.ceilDiv(base, ALIGNMENT) * ALIGNMENT, size);
  }

  private void splitOff(Block block, long size) {
    Block rest = new Block(block.slab, block.address + size, block.size - size);
    rest.before = block;
    rest.behind = block.behind;
    if (rest.behind != null) {
      rest.behind.before = rest;
    }
    block.behind = rest;
    block.size = size;
    markFree(rest);
  }

  private Block join(Block block, Block behind) {
    free.remove(block);
    free.remove(behind);
    block.size += behind.size;
    block.behind = behind.behind;
    if (block.behind != null) {
      block.behind.before = block;
    }
    return block;
  }

  private void markFree(Block block) {
    block.isFree = true;
    free.add(block);
  }
}
