package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.shape.ReducedShape.Axis;
import io.auxgrad.tensor.DType;

/**
 * How blocks share slabs {@code [length, inner]}, as {@code struct Columns} of {@code columns.cuh}
 * says.
 *
 * @param packed whether 16 bytes can be read at a time
 * @param group rows taken as one wide row, which is a whole number of packs
 * @param packs of a wide row that a block takes
 * @param across blocks for a wide row
 * @param chunks that the rows are cut into, for as many blocks
 * @param chunkRows wide rows of a chunk
 */
record ColumnPlan(boolean packed, int group, int packs, int across, int chunks, long chunkRows) {
  private static final int PACK_BYTES = 16;

  /** Packs side by side that a block takes at least: a cache line. */
  private static final int FEWEST_PACKS = 8;

  /** Of passes that sum: blocks that keep a multiprocessor busy, each of which leaves its sums. */
  private static final Share SUMS = new Share(4, 8);

  /**
   * Of passes that do not, and so may have more blocks: whole rounds of the 2, 3 or 4 that a
   * multiprocessor has room for.
   */
  private static final Share ELEMENTS = new Share(12, 4);

  /**
   * What the blocks of a pass have.
   *
   * @param blocks for each multiprocessor
   * @param rows wide rows that a thread walks at least before they are shared with another block
   */
  private record Share(int blocks, int rows) {}

  static ColumnPlan of(Axis axis, DType type, int multiprocessors) {
    long inner = axis.inner();
    int pack = PACK_BYTES / type.bytes();
    int group = (int) (pack / Math.min(pack, Long.lowestOneBit(inner)));
    boolean aligned = axis.outer() == 1 || axis.length() * inner % pack == 0;
    boolean packed = aligned && (group == 1 || group * inner / pack <= Kernel.BLOCK);
    return packed
        ? of(axis, group, group * inner / pack, true, SUMS, multiprocessors)
        : of(axis, 1, inner, false, SUMS, multiprocessors);
  }

  /** A plan where a thread stays with its columns: {@code group} is 1. */
  static ColumnPlan ungrouped(Axis axis, DType type, int multiprocessors) {
    return ungrouped(axis, type, SUMS, multiprocessors);
  }

  /** The same for a pass that leaves no sums. */
  static ColumnPlan ofElements(Axis axis, DType type, int multiprocessors) {
    return ungrouped(axis, type, ELEMENTS, multiprocessors);
  }

  private static ColumnPlan ungrouped(Axis axis, DType type, Share share, int multiprocessors) {
    int pack = PACK_BYTES / type.bytes();
    boolean packed = axis.inner() % pack == 0;
    long width = packed ? axis.inner() / pack : axis.inner();
    return of(axis, 1, width, packed, share, multiprocessors);
  }

  /** For a slab. */
  long blocks() {
    return (long) chunks * across;
  }

  private static ColumnPlan of(
      Axis axis, int group, long width, boolean packed, Share share, int multiprocessors) {
    long wanted = (long) share.blocks() * multiprocessors;
    long fewest = Math.ceilDiv(width, Kernel.BLOCK);
    long most = group == 1 ? Math.ceilDiv(width, FEWEST_PACKS) : fewest;
    long parts = Math.clamp(wanted / Math.max(1, axis.outer()), fewest, most);
    int packs = (int) Math.ceilDiv(width, parts);
    int across = (int) Math.ceilDiv(width, packs);
    long rows = axis.length() / group;
    long mostChunks = rows / ((long) Kernel.BLOCK / packs * share.rows());
    long chunks = wanted / Math.max(1, axis.outer() * across);
    long chunkRows = Math.ceilDiv(rows, Math.clamp(chunks, 1, Math.max(1, mostChunks)));
    int filled = chunkRows == 0 ? 1 : (int) Math.ceilDiv(rows, chunkRows);
    return new ColumnPlan(packed, group, packs, across, filled, chunkRows);
  }
}
