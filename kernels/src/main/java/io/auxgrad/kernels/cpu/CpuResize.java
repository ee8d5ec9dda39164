package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.ResizeOps;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Resizing one axis after the other: first the rows are mixed, or, where pixels have few channels,
 * first the pixels of a row ({@link ResizedRows}).
 */
final class CpuResize extends ResizeOps {
  /** Elements worth a thread's attention. */
  private static final int GRAIN = 16384;

  /**
   * Where pixels have fewer channels, vectors of them are filled badly: the fewer rows are brought
   * to another width, the better. From here on the rows that are kept for it leave the first cache.
   */
  private static final int MANY_CHANNELS = 64;

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
    if (in.dim(3) < MANY_CHANNELS) {
      eachRow(
          y,
          ResizedRows.scratchFloats(x, horizontal),
          scratch -> new ResizedRows(x, mode, vertical, horizontal, scratch)::write);
    } else {
      rowsFirst(x, mode, vertical, horizontal, y);
    }
  }

  private void rowsFirst(
      Tensor x, Mode mode, ResizeAxis vertical, ResizeAxis horizontal, Tensor y) {
    int channels = x.shape().dim(3);
    int length = x.shape().dim(2) * channels;
    eachRow(
        y,
        3L * length,
        scratch ->
            (row, target) -> {
              long source = mixedRow(x, vertical, row, length, scratch);
              ResizedRows.alongRow(source, channels, mode, horizontal, target);
            });
  }

  /**
   * The input row that output row {@code row} is made of: one as it is, or two mixed into {@code
   * scratch}, which has room for three.
   */
  private static long mixedRow(Tensor x, ResizeAxis axis, long row, int length, long scratch) {
    int o = (int) (row % axis.out());
    long image = row / axis.out() * axis.in();
    long top = floats(x, (image + axis.left()[o]) * length, length, scratch);
    if (axis.weight()[o] == 0) {
      return top;
    }
    long bottom = floats(x, (image + axis.right()[o]) * length, length, scratch + 4L * length);
    long mixed = scratch + 8L * length;
    ResizeLoops.mixRows(top, bottom, axis.weight()[o], mixed, length);
    return mixed;
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
    int length = out.dim(2) * channels;
    eachRow(
        dx,
        (1L + vertical.mostOutputs()) * length,
        scratch ->
            (row, target) -> {
              long source = summedRow(dy, vertical, row, length, scratch);
              ResizeLoops.sumPixels(
                  source,
                  channels,
                  horizontal.starts(),
                  horizontal.outputs(),
                  horizontal.shares(),
                  target);
            });
  }

  /**
   * The gradients of all output rows that used input row {@code row}, summed; {@code scratch} has
   * room for them and one more.
   */
  private static long summedRow(Tensor dy, ResizeAxis axis, long row, int length, long scratch) {
    int i = (int) (row % axis.in());
    long image = row / axis.in() * axis.out();
    int from = axis.starts()[i];
    int to = axis.starts()[i + 1];
    if (to - from == 1 && axis.shares()[from] == 1) {
      return floats(dy, (image + axis.outputs()[from]) * length, length, scratch);
    }
    // An input takes part in neighbouring outputs only.
    int first = from == to ? 0 : axis.outputs()[from];
    long rows = floats(dy, (image + first) * length, (to - from) * length, scratch);
    long sum = scratch + 4L * axis.mostOutputs() * length;
    long origin = rows - 4L * first * length;
    ResizeLoops.sumRows(origin, axis.outputs(), axis.shares(), from, to, sum, length);
    return sum;
  }

  /** {@code n} elements of {@code x} as float32: where they are, or in {@code scratch}. */
  static long floats(Tensor x, long first, int n, long scratch) {
    long at = x.address() + first * x.dtype().bytes();
    if (x.dtype() == DType.FLOAT32) {
      return at;
    }
    CastLoops.widen(at, scratch, n);
    return scratch;
  }

  private interface Rows {
    /** Writes row {@code row} as float32 to {@code target}. */
    void write(long row, long target);
  }

  private interface RowsMaker {
    /** For one worker, to which {@code scratch} belongs. */
    Rows make(long scratch);
  }

  /** Makes the rows {@code [N,H]} of {@code y}, with room for {@code floats} floats per thread. */
  private void eachRow(Tensor y, long floats, RowsMaker maker) {
    int length = y.shape().dim(2) * y.shape().dim(3);
    int width = y.dtype().bytes();
    boolean narrow = y.dtype() == DType.BFLOAT16;
    long scratch = Math.ceilDiv(4 * floats, 64) * 64;
    long bytes = scratch + Math.ceilDiv(4L * length, 64) * 64;
    Buffer room = context.memory().allocate(bytes * context.workers().threads());
    try {
      context
          .workers()
          .range(
              (long) y.shape().dim(0) * y.shape().dim(1),
              Math.ceilDiv(GRAIN, length),
              (worker, lo, hi) -> {
                long mine = room.address() + worker * bytes;
                Rows rows = maker.make(mine);
                for (long row = lo; row < hi; row++) {
                  long place = y.address() + row * length * width;
                  rows.write(row, narrow ? mine + scratch : place);
                  if (narrow) {
                    CastLoops.narrow(mine + scratch, place, length);
                  }
                }
              });
    } finally {
      context.memory().release(room);
    }
  }
}
