package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.shape.Permutation;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Other orders of axes, by {@code permute_rows} and {@code permute_tiles} of {@code indexing.cu}.
 */
final class Permuter {
  private static final int TURNS = 4;

  /** {@code struct Dimensions}. */
  private static final int MOST = 8;

  private static final long EXTENTS = 4;
  private static final long FROM = 40;
  private static final long TO = FROM + 8 * MOST;
  private static final long BYTES = TO + 8 * MOST;

  private final KernelsByWidth rows;
  private final KernelsByWidth tiles;
  private final MemorySegment outer = Arena.ofAuto().allocate(BYTES, 8);

  Permuter(KernelFile file) {
    rows = new KernelsByWidth(file, "permute_rows");
    tiles = new KernelsByWidth(file, "permute_tiles");
  }

  /** Output axis {@code i} is input axis {@code order[i]}. */
  void run(Tensor x, int[] order, Tensor y) {
    if (x.size() == 0) {
      return;
    }
    Permutation p = Permutation.of(x.shape(), order);
    int last = p.rank() - 1;
    if (last <= 0 || p.contiguousInInput() == last) {
      moveRows(p, x, y, last);
    } else {
      turnTiles(p, x, y, last);
    }
  }

  /** The innermost dimension stays: whole rows move. */
  private void moveRows(Permutation p, Tensor x, Tensor y, int last) {
    int element = x.dtype().bytes();
    long width = last < 0 ? 1 : p.extent()[last];
    long bits = width;
    for (int d = 0; d < last; d++) {
      bits |= p.from()[d];
    }
    int unit = KernelsByWidth.unit(bits * element);
    write(p, last, last, (long) element, unit);
    long units = width * element / unit;
    long count = x.size() / width;
    rows.begin(unit).put(x).put(y).put(outer).put(units).put(count).launch(count * units, TURNS);
  }

  /** Another dimension becomes the innermost one: tiles over both are turned. */
  private void turnTiles(Permutation p, Tensor x, Tensor y, int last) {
    int element = x.dtype().bytes();
    int inner = p.contiguousInInput();
    int extentJ = p.extent()[inner];
    int extentK = p.extent()[last];
    int side = element < 4 ? 64 : 32;
    int height = side;
    int breadth = side;
    if (extentJ < side) {
      height = extentJ;
      breadth = Math.min(extentK, side * side / height);
    } else if (extentK < side) {
      breadth = extentK;
      height = Math.min(extentJ, side * side / breadth);
    }
    write(p, last, inner, 1, 1);
    long count =
        p.outside(last, inner) * Math.ceilDiv(extentJ, height) * Math.ceilDiv(extentK, breadth);
    tiles
        .begin(element)
        .put(x)
        .put(y)
        .put(outer)
        .put(height)
        .put(breadth)
        .put(extentJ)
        .put(extentK)
        .put(p.from()[last])
        .put(p.to()[inner])
        .launchBlocks(count, Kernel.BLOCK);
  }

  /** The dimensions but {@code a} and {@code b}; steps are multiplied and divided. */
  private void write(Permutation p, int a, int b, long times, long by) {
    int rank = 0;
    for (int d = p.rank() - 1; d >= 0; d--) {
      if (d == a || d == b) {
        continue;
      }
      if (rank == MOST) {
        throw new TensorException(
            "permute: more than %d dimensions that cannot be merged: permute in two steps"
                .formatted(MOST));
      }
      outer.set(ValueLayout.JAVA_INT, EXTENTS + 4L * rank, p.extent()[d]);
      outer.set(ValueLayout.JAVA_LONG, FROM + 8L * rank, p.from()[d] * times / by);
      outer.set(ValueLayout.JAVA_LONG, TO + 8L * rank, p.to()[d] * times / by);
      rank++;
    }
    outer.set(ValueLayout.JAVA_INT, 0, rank);
  }
}
