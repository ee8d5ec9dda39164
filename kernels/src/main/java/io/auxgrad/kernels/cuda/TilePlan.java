package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.DType;

/**
 * How rows go through the tiles in shared memory of {@code reduction.cu}.
 *
 * @param rows of a block, a multiple of what 16 bytes hold, so that tiles begin there
 * @param lanes that share a row, a power of two
 */
record TilePlan(int rows, int lanes) {
  private static final int TILE_BYTES = 8192;
  private static final int PACK_BYTES = 16;
  private static final int WARP = 32;

  /** Elements of a lane at most, where a warp is enough for that. */
  private static final int PER_LANE = 8;

  /** Rows of {@code size} elements, {@code length} of which are combined. */
  static TilePlan of(DType type, int size, int length) {
    int pack = PACK_BYTES / type.bytes();
    int rows = TILE_BYTES / type.bytes() / Math.max(1, size) / pack * pack;
    int lanes = 1;
    while (lanes < WARP && lanes * PER_LANE < length) {
      lanes *= 2;
    }
    return new TilePlan(rows, lanes);
  }
}
