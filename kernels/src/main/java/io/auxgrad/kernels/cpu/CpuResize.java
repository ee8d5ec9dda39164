package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ResizeOps;
import java.util.concurrent.ConcurrentHashMap;

/** Resizing one axis after the other: rows are mixed into one, then its pixels. */
final class CpuResize extends ResizeOps {
  /** Elements worth a thread's attention. */
  private static final int GRAIN = 16384;

  private record Key(int in, int out, Mode mode) {}

  private final CpuContext context;
  private final ConcurrentHashMap<Key, ResizeAxis> axes = new ConcurrentHashMap<>();

  CpuResize(CpuContext context) {
    this.context = context;
  }

  private ResizeAxis axis(int in, int out, Mode mode) {
    return axes.computeIfAbsent(
        new Key(in, out, mode), k -> ResizeAxis.of(k.in(), k.out(), k.mode()));
  }

  @Override
  protected void runForward(Tensor x, Mode mode, Tensor y) {
    Shape in = x.shape();
    Shape out = y.shape();
    if (in.equals(out)) {
      Native.copy(x.address(), y.address(), x.byteSize());
      return;
    }
    ResizeAxis vertical = axis(in.dim(1), out.dim(1), mode);
    ResizeAxis horizontal = axis(in.dim(2), out.dim(2), mode);
    int channels = in.dim(3);
    eachRow(
        out,
        in.dim(2) * channels,
        (row, scratch) -> {
          long source = mixedRow(x, vertical, row, in.dim(2) * channels, scratch);
          long target = y.address() + 4 * row * out.dim(2) * channels;
          if (mode == Mode.NEAREST) {
            ResizeLoops.pickPixels(source, channels, horizontal.left(), target);
          } else {
            ResizeLoops.mixPixels(
                source,
                channels,
                horizontal.left(),
                horizontal.right(),
                horizontal.weight(),
                target);
          }
        });
  }

  /**
   * The input row that output row {@code row} is made of: one as it is, or two mixed into {@code
   * scratch}.
   */
  private static long mixedRow(Tensor x, ResizeAxis axis, long row, int length, long scratch) {
    int o = (int) (row % axis.out());
    long image = x.address() + 4 * (row / axis.out()) * axis.in() * length;
    long top = image + 4L * axis.left()[o] * length;
    if (axis.weight()[o] == 0) {
      return top;
    }
    long bottom = image + 4L * axis.right()[o] * length;
    ResizeLoops.mixRows(top, bottom, axis.weight()[o], scratch, length);
    return scratch;
  }

  @Override
  protected void runBackward(Tensor dy, Mode mode, Tensor dx) {
    Shape in = dx.shape();
    Shape out = dy.shape();
    if (in.equals(out)) {
      Native.copy(dy.address(), dx.address(), dy.byteSize());
      return;
    }
    ResizeAxis vertical = axis(in.dim(1), out.dim(1), mode);
    ResizeAxis horizontal = axis(in.dim(2), out.dim(2), mode);
    int channels = in.dim(3);
    eachRow(
        in,
        out.dim(2) * channels,
        (row, scratch) -> {
          long source = summedRow(dy, vertical, row, out.dim(2) * channels, scratch);
          ResizeLoops.sumPixels(
              source,
              channels,
              horizontal.starts(),
              horizontal.outputs(),
              horizontal.shares(),
              dx.address() + 4 * row * in.dim(2) * channels);
        });
  }

  /** The gradients of all output rows that used input row {@code row}, summed. */
  private static long summedRow(Tensor dy, ResizeAxis axis, long row, int length, long scratch) {
    int i = (int) (row % axis.in());
    long image = dy.address() + 4 * (row / axis.in()) * axis.out() * length;
    int from = axis.starts()[i];
    int to = axis.starts()[i + 1];
    if (to - from == 1 && axis.shares()[from] == 1) {
      return image + 4L * axis.outputs()[from] * length;
    }
    ResizeLoops.sumRows(image, axis.outputs(), axis.shares(), from, to, scratch, length);
    return scratch;
  }

  private interface RowBody {
    void run(long row, long scratch);
  }

  /**
   * Runs over the rows {@code [N,H]} of {@code target}, with room for {@code scratch} floats per
   * thread.
   */
  private void eachRow(Shape target, int scratch, RowBody body) {
    long length = (long) target.dim(2) * target.dim(3);
    long bytes = Math.ceilDiv(4L * scratch, 64) * 64;
    Buffer room = context.memory().allocate(bytes * context.workers().threads());
    try {
      context
          .workers()
          .range(
              (long) target.dim(0) * target.dim(1),
              Math.ceilDiv(GRAIN, length),
              (worker, lo, hi) -> {
                for (long row = lo; row < hi; row++) {
                  body.run(row, room.address() + worker * bytes);
                }
              });
    } finally {
      context.memory().release(room);
    }
  }
}
