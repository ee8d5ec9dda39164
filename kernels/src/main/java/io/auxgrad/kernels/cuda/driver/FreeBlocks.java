package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Buffer;
import java.lang.foreign.MemorySegment;

/**
 * Blocks that wait for their next use, by size: sixteen sizes to each power of two, so that at most
 * a sixteenth of a block lies idle. The one given back last, which the GPU may still have in its
 * cache, is the first to be taken. Taking and giving make no garbage.
 */
final class FreeBlocks {
  /** The smallest block, and what all sizes are multiples of. */
  static final long UNIT = 512;

  private static final int STEPS_LOG = 4;
  private static final int STEPS = 1 << STEPS_LOG;

  private final Block[] lists = new Block[STEPS * Long.SIZE];
  private final boolean ofGraph;
  private FreeBlocks heir;

  private FreeBlocks(boolean ofGraph) {
    this.ofGraph = ofGraph;
  }

  /** Of a memory. */
  FreeBlocks() {
    this(false);
  }

  /** Of a captured graph, which goes on writing to them. */
  static FreeBlocks ofGraph() {
    return new FreeBlocks(true);
  }

  /** A piece of device memory of one of the sizes. */
  static final class Block implements Buffer {
    private final long address;
    private final int size;
    private FreeBlocks home;
    private Block next;
    private boolean isFree;

    Block(long address, int size, FreeBlocks home) {
      this.address = address;
      this.size = size;
      this.home = home;
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long capacity() {
      return bytesOf(size);
    }

    @Override
    public MemorySegment host() {
      return null;
    }

    @Override
    public boolean isRecorded() {
      return home.ofGraph && home.heir == null;
    }
  }

  /** The number of the smallest size of at least {@code bytes} bytes. */
  static int sizeFor(long bytes) {
    long last = Math.ceilDiv(Math.max(bytes, 1), UNIT) - 1;
    int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(last) - STEPS_LOG);
    return (shift << STEPS_LOG) + (int) (last >> shift);
  }

  /** The bytes of size number {@code size}. */
  static long bytesOf(int size) {
    int shift = Math.max(0, (size >> STEPS_LOG) - 1);
    return ((long) (size - (shift << STEPS_LOG) + 1) * UNIT) << shift;
  }

  /** A block of size number {@code size} that returns to {@code home}; null if there is none. */
  Block take(int size, FreeBlocks home) {
    Block block = lists[size];
    if (block != null) {
      lists[size] = block.next;
      block.next = null;
      block.isFree = false;
      block.home = home;
    }
    return block;
  }

  /** Makes this what a block in use returns to. */
  void claim(Block block) {
    block.home = this;
  }

  /** Gives a block back to where it belongs. */
  static void give(Block block) {
    if (block.isFree) {
      throw new IllegalStateException(
          "buffer at 0x%x is not in use: released twice?".formatted(block.address));
    }
    FreeBlocks home = block.home;
    while (home.heir != null) {
      home = home.heir;
    }
    home.add(block);
  }

  private void add(Block block) {
    block.isFree = true;
    block.next = lists[block.size];
    lists[block.size] = block;
  }

  /** Hands all blocks to {@code heir}, and those to come. */
  void bequeath(FreeBlocks heir) {
    this.heir = heir;
    for (Block block = removeAny(); block != null; block = removeAny()) {
      heir.add(block);
    }
  }

  /** Removes some block; null if there is none. */
  Block removeAny() {
    for (int size = 0; size < lists.length; size++) {
      if (lists[size] != null) {
        return take(size, null);
      }
    }
    return null;
  }
}
