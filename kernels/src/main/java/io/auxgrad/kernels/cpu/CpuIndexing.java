package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CopyLoops;
import io.auxgrad.kernels.cpu.simd.CountLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.shape.Permutation;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.IndexingOps;
import java.util.List;
import java.util.OptionalInt;

/** Moving and counting elements. */
final class CpuIndexing extends IndexingOps {
  /** Bytes worth a thread's attention. */
  private static final int GRAIN = 128 << 10;

  /** Side of the squares that are transposed in the first-level cache. */
  private static final int TILE = 32;

  private static final int LABELS = 16384;

  private final CpuContext context;

  CpuIndexing(CpuContext context) {
    this.context = context;
  }

  /** Copies {@code rows} rows of {@code bytes} bytes. */
  private void copy(long from, long fromStride, long to, long toStride, long bytes, long rows) {
    long grain = Math.ceilDiv(GRAIN, Math.max(1, bytes));
    context
        .workers()
        .range(
            rows,
            grain,
            (_, lo, hi) ->
                CopyLoops.rows(
                    from + lo * fromStride,
                    fromStride,
                    to + lo * toStride,
                    toStride,
                    bytes,
                    hi - lo));
  }

  /** Bytes of all steps of {@code axis} and what is behind it. */
  private static long rowBytes(Tensor t, int axis) {
    Shape s = t.shape();
    return s.dim(axis) * s.stride(axis) * t.dtype().bytes();
  }

  private static long rowsOf(Tensor t, int axis) {
    long rows = 1;
    for (int i = 0; i < axis; i++) {
      rows *= t.shape().dim(i);
    }
    return rows;
  }

  @Override
  protected void runConcat(List<Tensor> parts, int axis, Tensor y) {
    long to = y.address();
    long stride = rowBytes(y, axis);
    for (Tensor part : parts) {
      long bytes = rowBytes(part, axis);
      copy(part.address(), bytes, to, stride, bytes, rowsOf(y, axis));
      to += bytes;
    }
  }

  @Override
  protected void runSlice(Tensor x, int axis, int start, Tensor y) {
    long bytes = rowBytes(y, axis);
    long from = x.address() + start * x.shape().stride(axis) * x.dtype().bytes();
    copy(from, rowBytes(x, axis), y.address(), bytes, bytes, rowsOf(y, axis));
  }

  @Override
  protected void runSliceBackward(Tensor dy, int axis, int start, Tensor dx) {
    Native.clear(dx.address(), dx.byteSize());
    long bytes = rowBytes(dy, axis);
    long to = dx.address() + start * dx.shape().stride(axis) * dx.dtype().bytes();
    copy(dy.address(), bytes, to, rowBytes(dx, axis), bytes, rowsOf(dy, axis));
  }

  @Override
  protected void runPermute(Tensor x, int[] order, Tensor y) {
    if (x.size() == 0) {
      return;
    }
    Permutation p = Permutation.of(x.shape(), order);
    int width = x.dtype().bytes();
    int last = p.rank() - 1;
    if (p.rank() <= 1) {
      Native.copy(x.address(), y.address(), x.byteSize());
    } else if (p.contiguousInInput() == last) {
      permuteRows(p, x.address(), y.address(), width, last);
    } else {
      permuteTiles(p, x.address(), y.address(), width, last);
    }
  }

  /** The innermost dimension stays: whole rows move. */
  private void permuteRows(Permutation p, long x, long y, int width, int last) {
    long bytes = (long) p.extent()[last] * width;
    int next = last - 1;
    context
        .workers()
        .range(
            p.outside(last, next),
            Math.ceilDiv(GRAIN, bytes * p.extent()[next]),
            (_, lo, hi) -> {
              for (long i = lo; i < hi; i++) {
                CopyLoops.rows(
                    x + p.offset(i, last, next, p.from()) * width,
                    p.from()[next] * width,
                    y + p.offset(i, last, next, p.to()) * width,
                    bytes,
                    bytes,
                    p.extent()[next]);
              }
            });
  }

  /** Another dimension becomes the innermost one: tiles over both are transposed. */
  private void permuteTiles(Permutation p, long x, long y, int width, int last) {
    int inner = p.contiguousInInput();
    int height = Math.min(TILE, p.extent()[inner]);
    int breadth = TILE * TILE / height;
    int down = Math.ceilDiv(p.extent()[inner], height);
    int across = Math.ceilDiv(p.extent()[last], breadth);
    context
        .workers()
        .range(
            p.outside(last, inner) * down * across,
            Math.ceilDiv(GRAIN, TILE * TILE * width),
            (_, lo, hi) -> {
              for (long tile = lo; tile < hi; tile++) {
                long i = tile / across / down;
                int j = (int) (tile / across % down) * height;
                int k = (int) (tile % across) * breadth;
                CopyLoops.transpose(
                    x + (p.offset(i, last, inner, p.from()) + k * p.from()[last] + j) * width,
                    p.from()[last] * width,
                    y + (p.offset(i, last, inner, p.to()) + j * p.to()[inner] + k) * width,
                    p.to()[inner] * width,
                    Math.min(breadth, p.extent()[last] - k),
                    Math.min(height, p.extent()[inner] - j),
                    width);
              }
            });
  }

  @Override
  protected void runConfusion(Tensor predictions, Tensor targets, int ignoreIndex, Tensor counts) {
    int classes = counts.shape().dim(0);
    Workers workers = context.workers();
    Labels.check("confusion", "prediction", predictions, classes, OptionalInt.empty(), workers);
    Labels.check("confusion", "target", targets, classes, OptionalInt.of(ignoreIndex), workers);
    long at = counts.address();
    workers.range(
        targets.size(),
        LABELS,
        (_, lo, hi) -> {
          int[] local = new int[classes * classes];
          CountLoops.pairs(
              predictions.address(), targets.address(), ignoreIndex, classes, lo, hi, local);
          add(local, at);
        });
  }

  private synchronized void add(int[] local, long counts) {
    for (int i = 0; i < local.length; i++) {
      Native.putInt(counts, i, Native.getInt(counts, i) + local[i]);
    }
  }
}
