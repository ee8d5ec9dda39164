package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Buffer;
import java.util.function.DoubleBinaryOperator;

/**
 * Visits the fine rows of upsampled images, made where they are used and forgotten afterwards, and
 * brings their gradients back to the coarse rows.
 *
 * <p>A band is the fine rows that lie between two coarse ones. Bands are visited in chunks that do
 * not depend on the number of threads; a chunk writes the gradients of the coarse rows above its
 * bands, and what it has for the first row of the next chunk is added afterwards.
 */
final class UpsampledRows {
  /** Floats of fine rows that make a chunk. */
  private static final int CHUNK = 1 << 17;

  /** What happens to a fine row. */
  interface Visitor {
    /**
     * Returns a number and leaves a gradient in the row's place.
     *
     * @param row address of the fine row
     * @param firstPixel its first pixel's number within {@code [N,H,W]}
     * @param scratch address of what {@link UpsampledRows} was asked for
     */
    double visit(long row, long firstPixel, long scratch);
  }

  private final CpuContext context;
  private final Upsampling upsampling;
  private final int images;
  private final int scratchFloats;
  private final int coarseRows;
  private final int bandsPerChunk;
  private final int chunksPerImage;

  /** Of {@code images} images, with room for {@code scratchFloats} per thread. */
  UpsampledRows(CpuContext context, Upsampling upsampling, int images, int scratchFloats) {
    this.context = context;
    this.upsampling = upsampling;
    this.images = images;
    this.scratchFloats = scratchFloats;
    coarseRows = upsampling.vertical().in();
    long image = (long) upsampling.vertical().out() * upsampling.fineLength();
    bandsPerChunk = Math.clamp(CHUNK * (long) coarseRows / image, 1, coarseRows);
    chunksPerImage = Math.ceilDiv(coarseRows, bandsPerChunk);
  }

  /**
   * Combines what {@code visitor} returns for each row, in a fixed order, starting from 0.
   *
   * @param prediction address of float32 {@code [N,h,w,C]}
   * @param gradient address of as many floats to write, or 0 if visitors leave none
   */
  double fold(long prediction, long gradient, DoubleBinaryOperator operator, Visitor visitor) {
    int chunks = images * chunksPerImage;
    long walkBytes = BandWalk.bytes(upsampling, scratchFloats);
    long spillBytes = 4L * upsampling.coarseLength();
    int threads = context.workers().threads();
    Buffer room = context.memory().allocate(walkBytes * threads + spillBytes * chunks);
    long spills = room.address() + walkBytes * threads;
    double[] results = new double[chunks];
    try {
      context
          .workers()
          .range(
              chunks,
              1,
              (worker, lo, hi) -> {
                long scratch = room.address() + worker * walkBytes;
                var walk = new BandWalk(upsampling, prediction, gradient, visitor, scratch);
                for (int chunk = (int) lo; chunk < hi; chunk++) {
                  int first = chunk % chunksPerImage * bandsPerChunk;
                  int end = Math.min(coarseRows, first + bandsPerChunk);
                  long spill = spills + chunk * spillBytes;
                  results[chunk] = walk.bands(chunk / chunksPerImage, first, end, operator, spill);
                }
              });
      if (gradient != 0) {
        addSpills(spills, gradient);
      }
    } finally {
      context.memory().release(room);
    }
    double result = 0;
    for (double r : results) {
      result = operator.applyAsDouble(result, r);
    }
    return result;
  }

  private void addSpills(long spills, long gradient) {
    int length = upsampling.coarseLength();
    for (int image = 0; image < images; image++) {
      for (int chunk = 1; chunk < chunksPerImage; chunk++) {
        long row = (long) image * coarseRows + (long) chunk * bandsPerChunk;
        long spill = spills + 4L * ((long) image * chunksPerImage + chunk - 1) * length;
        UpdateLoops.accumulate(gradient + 4 * row * length, spill, length);
      }
    }
  }
}
