package io.auxgrad.kernels.cuda;

/** The blocks of {@code tile.cuh}: each makes a tile of a matrix product. */
final class TileGrid {
  /** Threads of a block. */
  static final int THREADS = 256;

  /** Depth of a step. */
  static final int STEP = 16;

  private static final long TILE = 64;

  private TileGrid() {}

  /** Blocks for {@code batches} products of {@code rows x columns}. */
  static long blocks(long batches, long rows, long columns) {
    return batches * Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, TILE);
  }
}
