package io.auxgrad.kernels.cuda.bandwidth;

/**
 * How large operands are and how often an op is timed.
 *
 * @param leastBytes that an op moves: the batch is made as large as that needs
 * @param leastImages of a batch
 * @param shrink what heights and widths are divided by
 * @param runs of an op one after the other, timed as one
 * @param times that this is done; the median counts
 */
record Effort(long leastBytes, int leastImages, int shrink, int runs, int times) {
  /** For figures: ten times what the cache of an H100 holds. */
  static final Effort FULL = new Effort(512L << 20, 16, 1, 10, 15);

  /** To see whether all works. */
  static final Effort TINY = new Effort(0, 1, 20, 1, 1);
}
