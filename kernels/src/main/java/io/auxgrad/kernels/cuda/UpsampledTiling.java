package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How {@code upsampled_loss.cu} divides coarse maps {@code [N,h,w,C]} for labels {@code [N,H,W]}.
 *
 * @param coarse the predictions' shape
 * @param fine the labels', or targets'
 * @param height coarse rows of a tile
 * @param width coarse columns of a tile
 * @param chunk channels that a block writes
 */
record UpsampledTiling(Shape coarse, Shape fine, int height, int width, int chunk) {
  /** Bytes of {@code struct Tiling}. */
  static final long BYTES = 36;

  /** Columns of a piece, and threads of a block: {@code COLUMNS}. */
  static final int COLUMNS = 128;

  /** Cells of a row times channels: {@code SUMS}. */
  private static final int SUMS = 640;

  private static final int MOST_ROWS = 32;

  /** Blocks for each multiprocessor that hide one another's waiting. */
  private static final int BLOCKS_PER_PROCESSOR = 6;

  /**
   * Tiles are as wide as their cells' fine columns fit into one piece and the sums of one row of
   * cells into shared memory, and as high as there are enough of them: of few pixels a row each,
   * though that makes each row of cells twice.
   */
  static UpsampledTiling of(Shape coarse, Shape fine, int multiprocessors) {
    int columns = coarse.dim(2);
    int channels = coarse.dim(3);
    int chunk = Math.min(channels, SUMS / 2);
    int ratio = Math.max(1, Math.ceilDiv(fine.dim(2), columns));
    int cells = Math.min(COLUMNS / ratio, SUMS / Math.max(1, chunk));
    int width = Math.clamp(cells - 1L, 1, columns);
    // As even as possible.
    width = Math.ceilDiv(columns, Math.ceilDiv(columns, width));
    long rowsOfTiles = (long) coarse.dim(0) * coarse.dim(1) * Math.ceilDiv(columns, width);
    long blocks = (long) BLOCKS_PER_PROCESSOR * multiprocessors;
    int height = Math.clamp(rowsOfTiles / blocks, 1, MOST_ROWS);
    return new UpsampledTiling(coarse, fine, height, width, chunk);
  }

  /** Whether a row of corners fits into shared memory with all of its channels. */
  boolean staged() {
    return chunk == coarse.dim(3);
  }

  /** Blocks that share the channels of a tile. */
  int chunks() {
    return Math.max(1, Math.ceilDiv(coarse.dim(3), Math.max(1, chunk)));
  }

  /** Tiles of all images. */
  long tiles() {
    long rows = Math.ceilDiv(coarse.dim(1), height);
    return rows * Math.ceilDiv(coarse.dim(2), width) * coarse.dim(0);
  }

  /** Writes {@code struct Tiling}. */
  void write(MemorySegment to) {
    int[] fields = {
      coarse.dim(1),
      fine.dim(1),
      coarse.dim(2),
      fine.dim(2),
      coarse.dim(0),
      coarse.dim(3),
      height,
      width,
      chunk
    };
    for (int i = 0; i < fields.length; i++) {
      to.setAtIndex(ValueLayout.JAVA_INT, i, fields[i]);
    }
  }
}
