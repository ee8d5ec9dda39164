package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct Patch} of {@code depthwise.cu}: how the threads of a block lie over channels,
 * columns and rows, such that few of them lie outside.
 */
final class Patch {
  private static final int FIELDS = 3;

  /** Packs of a block, 128 bytes. */
  private static final int MOST_PACKS = 8;

  /** Channels of a block where they do not fill packs. */
  private static final int MOST_SINGLES = 32;

  /** Outputs along a row of a block. */
  private static final int MOST_COLUMNS = 32;

  private final MemorySegment segment = Arena.ofAuto().allocate(4L * FIELDS, 16);

  /** Packs of a block for {@code channels} channels in packs of {@code pack}. */
  static int packsAcross(int channels, int pack) {
    return balanced(Math.ceilDiv(channels, pack), pack == 1 ? MOST_SINGLES : MOST_PACKS);
  }

  /** At most {@code most}, such that the parts of {@code total} are about equal. */
  private static int balanced(int total, int most) {
    return Math.ceilDiv(total, Math.ceilDiv(total, most));
  }

  /**
   * Puts the last argument and launches a thread for each run of outputs, if there are any.
   *
   * @param target the image that is written
   * @param pack channels of a thread
   * @param run columns of a thread
   */
  void launch(Kernel kernel, Shape target, int pack, int run) {
    if (target.size() == 0) {
      return;
    }
    int channels = target.dim(3);
    int packs = packsAcross(channels, pack);
    int runsOfRow = Math.ceilDiv(target.dim(2), run);
    int runs = balanced(runsOfRow, MOST_COLUMNS / run);
    runs = Math.min(runs, Kernel.BLOCK / packs);
    int allRows = target.dim(0) * target.dim(1);
    int rows = Math.min(allRows, Kernel.BLOCK / (packs * runs));
    segment.setAtIndex(ValueLayout.JAVA_INT, 0, packs);
    segment.setAtIndex(ValueLayout.JAVA_INT, 1, runs);
    segment.setAtIndex(ValueLayout.JAVA_INT, 2, rows);
    long blocks =
        (long) Math.ceilDiv(channels, packs * pack)
            * Math.ceilDiv(runsOfRow, runs)
            * Math.ceilDiv(allRows, rows);
    kernel.put(segment).launchBlocks(blocks, packs * runs * rows);
  }
}
