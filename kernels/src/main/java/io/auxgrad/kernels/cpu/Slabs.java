package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks cut from large slabs of native memory: the smallest free block that fits is taken, its
 * rest stays free, and a block given back grows together with its free neighbours. Not thread-safe.
 *
 * <p>Best is one slab of far more address space than there will be memory: its last block is the
 * largest and so taken last, the rest stays dense, and nothing is lost at the ends of slabs.
 */
final class Slabs {
  /** Of every block's address and size. */
  static final int ALIGNMENT = 64;

  private final long slabBytes;
  private final boolean sparse;
  private final Slabs lenderOrNull;
  private final FreeBlocks free = new FreeBlocks();
  private final List<Slab> slabs = new ArrayList<>();
  private Block spare;

  private Slabs(long slabBytes, boolean sparse, Slabs lenderOrNull) {
    this.slabBytes = slabBytes;
    this.sparse = sparse;
    this.lenderOrNull = lenderOrNull;
  }

  /** Slabs of {@code slabBytes} of the heap, or as large as the request where that is more. */
  static Slabs ofHeap(long slabBytes) {
    return new Slabs(slabBytes, false, null);
  }

  /** One slab of address space; where the system has no such thing, {@link #ofHeap}. */
  static Slabs ofAddressSpace(long heapSlabBytes) {
    return new Slabs(heapSlabBytes, true, null);
  }

  /**
   * Others that take free blocks of these before they ask the system, and keep them until {@link
   * #trim}. The two share neighbours: one thread at a time works on either.
   */
  Slabs borrowing() {
    return new Slabs(slabBytes, sparse, this);
  }

  /** A piece of a slab: free, or a buffer in use. */
  static final class Block implements Buffer {
    Slabs owner;
    Slab slab;
    long address;
    long size;
    boolean isFree;
    Guard guard;

    // The neighbours in the slab.
    Block before;
    Block behind;

    // The neighbours in a list of free or spare blocks.
    Block previous;
    Block next;

    @Override
    public long address() {
      return address;
    }

    @Override
    public long capacity() {
      return guard == null ? size : guard.bytes();
    }

    @Override
    public MemorySegment host() {
      return NativeHeap.view(address, capacity());
    }
  }

  /** What the system gave, and how much of its beginning has been in use. */
  static final class Slab {
    private final long base;
    private final long size;
    private final boolean isSpace;
    private final Block first = new Block();
    private long touched;

    Slab(long base, long size, boolean isSpace) {
      this.base = base;
      this.size = size;
      this.isSpace = isSpace;
      long alignment = isSpace ? Pages.LARGE : ALIGNMENT;
      first.slab = this;
      first.address = Math.ceilDiv(base, alignment) * alignment;
      first.size = size - alignment;
      touched = isSpace ? 0 : size;
    }

    void touch(Block block) {
      touched = Math.max(touched, block.address + block.size - first.address);
    }

    boolean isUnused() {
      return first.isFree && first.behind == null;
    }

    Block last() {
      Block last = first;
      while (last.behind != null) {
        last = last.behind;
      }
      return last;
    }

    /** Gives back what lies behind the last block in use. */
    void shrink() {
      Block last = last();
      long needed = last.address - first.address;
      if (isSpace && last.isFree && needed < touched) {
        Pages.discard(last.address, touched - needed);
        touched = needed;
      }
    }

    void free() {
      if (isSpace) {
        Pages.free(base, size);
      } else {
        NativeHeap.free(base);
      }
    }
  }

  /** Bytes taken from the system. */
  long reserved() {
    long sum = 0;
    for (Slab slab : slabs) {
      sum += slab.touched;
    }
    return sum;
  }

  /** A block of at least {@code bytes} bytes. */
  Block take(long bytes) {
    long size = Math.max(ALIGNMENT, Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT);
    Block block = takeFree(size);
    block.owner = this;
    block.isFree = false;
    if (block.size > size) {
      splitOff(block, size);
    }
    block.slab.touch(block);
    return block;
  }

  private Block takeFree(long size) {
    for (Slabs from = this; from != null; from = from.lenderOrNull) {
      Block block = from.free.smallest(size);
      if (block != null) {
        from.free.remove(block);
        return block;
      }
    }
    return newSlab(size).first;
  }

  /** Gives back a block that was taken from these. */
  void give(Block block) {
    block.owner = this;
    block.isFree = true;
    Block whole = block;
    if (isFreeHere(block.before)) {
      whole = block.before;
      free.remove(whole);
      absorbNext(whole);
    }
    if (isFreeHere(whole.behind)) {
      free.remove(whole.behind);
      absorbNext(whole);
    }
    free.add(whole);
  }

  private boolean isFreeHere(Block block) {
    return block != null && block.isFree && block.owner == this;
  }

  /**
   * Returns what nothing in use lies in or behind of to the system; borrowed or not, all free
   * blocks to who lent some.
   */
  void trim() {
    if (lenderOrNull == null) {
      slabs.removeIf(this::release);
    } else {
      lenderOrNull.slabs.addAll(slabs);
      slabs.clear();
      for (Block block = free.any(); block != null; block = free.any()) {
        free.remove(block);
        lenderOrNull.give(block);
      }
    }
  }

  private boolean release(Slab slab) {
    if (slab.isUnused() && isFreeHere(slab.first)) {
      free.remove(slab.first);
      slab.free();
      return true;
    }
    if (isFreeHere(slab.last())) {
      slab.shrink();
    }
    return false;
  }

  private Slab newSlab(long size) {
    Slab slab = sparse ? space(size) : null;
    if (slab == null) {
      slab = heap(Math.max(size, slabBytes) + ALIGNMENT);
    }
    slabs.add(slab);
    return slab;
  }

  private static Slab space(long size) {
    long bytes = Pages.installed();
    long base = size + Pages.LARGE <= bytes ? Pages.reserve(bytes) : 0;
    return base == 0 ? null : new Slab(base, bytes, true);
  }

  private Slab heap(long bytes) {
    long base = NativeHeap.allocate(bytes);
    if (base == 0) {
      throw new OutOfMemoryError(
          "the system has no %d bytes more; %d are held: use a smaller batch or size"
              .formatted(bytes, reserved()));
    }
    return new Slab(base, bytes, false);
  }

  private void splitOff(Block block, long size) {
    Block rest = newBlock();
    rest.owner = this;
    rest.slab = block.slab;
    rest.address = block.address + size;
    rest.size = block.size - size;
    rest.isFree = true;
    rest.before = block;
    rest.behind = block.behind;
    if (rest.behind != null) {
      rest.behind.before = rest;
    }
    block.behind = rest;
    block.size = size;
    free.add(rest);
  }

  private void absorbNext(Block block) {
    Block gone = block.behind;
    block.size += gone.size;
    block.behind = gone.behind;
    if (block.behind != null) {
      block.behind.before = block;
    }
    gone.next = spare;
    spare = gone;
  }

  private Block newBlock() {
    Block block = spare;
    if (block == null) {
      return new Block();
    }
    spare = block.next;
    return block;
  }
}
