package io.auxgrad.kernels.cuda;

import io.auxgrad.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * {@code struct Tensors} of {@code optimizer.cu}: as many tensors of each list as a launch takes,
 * and which blocks work on which.
 */
final class TensorTable {
  /** Elements of a block. */
  static final int STRETCH = 2048;

  private static final int MOST = 80;
  private static final int LISTS = 4;
  private static final long FIRST_BLOCKS = 4;
  private static final long SIZES = 8 * Math.ceilDiv(FIRST_BLOCKS + 4L * MOST, 8);
  private static final long ADDRESSES = SIZES + 8L * MOST;
  private static final long BYTES = ADDRESSES + 8L * LISTS * MOST;

  private final MemorySegment structure = Arena.ofAuto().allocate(BYTES, 8);

  /** A launch over the tensors of a table. */
  interface Launch {
    /** Of {@code blocks} blocks, at least one. */
    void run(MemorySegment structure, int blocks);
  }

  /** Launches until all elements of {@code lists}, which belong together, are done. */
  void forEach(List<List<Tensor>> lists, Launch launch) {
    List<Tensor> first = lists.getFirst();
    int count = 0;
    long blocks = 0;
    for (int i = 0; i < first.size(); i++) {
      long more = blocksOf(first.get(i));
      if (more == 0) {
        continue;
      }
      if (count == MOST || blocks + more > Integer.MAX_VALUE) {
        launch(count, blocks, launch);
        count = 0;
        blocks = 0;
      }
      structure.set(ValueLayout.JAVA_INT, FIRST_BLOCKS + 4L * count, (int) blocks);
      structure.set(ValueLayout.JAVA_LONG, SIZES + 8L * count, first.get(i).size());
      for (int list = 0; list < lists.size(); list++) {
        long address = lists.get(list).get(i).address();
        structure.set(ValueLayout.JAVA_LONG, ADDRESSES + 8L * (list * MOST + count), address);
      }
      blocks += more;
      count++;
    }
    if (count > 0) {
      launch(count, blocks, launch);
    }
  }

  /** How many tensors a table holds. */
  static int count(MemorySegment structure) {
    return structure.get(ValueLayout.JAVA_INT, 0);
  }

  /** Blocks for all of {@code tensors}. */
  static long blocksOf(List<Tensor> tensors) {
    long blocks = 0;
    for (Tensor tensor : tensors) {
      blocks += blocksOf(tensor);
    }
    return blocks;
  }

  private static long blocksOf(Tensor tensor) {
    return Math.ceilDiv(tensor.size(), STRETCH);
  }

  private void launch(int count, long blocks, Launch launch) {
    structure.set(ValueLayout.JAVA_INT, 0, count);
    launch.run(structure, (int) blocks);
  }
}
