package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.MaxPoolLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;

/**
 * Pooling along one axis after the other; gradients of the maximum are dealt out in a fixed order.
 */
final class CpuPooling extends PoolingOps {
  /** Elements worth a thread's attention. */
  private static final int GRAIN = 16384;

  /** Channels whose gradients one thread deals out. */
  private static final int CHANNEL_BLOCK = 64;

  private static final int SUM_BLOCK = 256;

  private final CpuContext context;

  CpuPooling(CpuContext context) {
    this.context = context;
  }

  @Override
  protected void runMax(Tensor x, Pool2dSpec spec, Tensor y, Tensor positions) {
    Shape in = x.shape();
    Shape out = y.shape();
    long from = x.address();
    long to = y.address();
    long places = positions == null ? 0 : positions.address();
    eachRow(
        out,
        MaxPoolRows.ringBytes(out, spec),
        (lo, hi, ring) -> new MaxPoolRows(in, out, spec, from, to, places, ring).run(lo, hi));
  }

  @Override
  protected void runMaxBackward(Tensor dy, Tensor positions, Pool2dSpec spec, Tensor dx) {
    Shape out = dy.shape();
    int channels = out.dim(3);
    int blocks = Math.ceilDiv(channels, CHANNEL_BLOCK);
    int[] offsets = offsets(spec, dx.shape());
    long target = dx.address();
    context
        .workers()
        .range(dx.size(), GRAIN, (_, lo, hi) -> Native.clear(target + 4 * lo, 4 * (hi - lo)));
    context
        .workers()
        .run(
            out.dim(0) * blocks,
            part -> {
              int c = part % blocks * CHANNEL_BLOCK;
              int n = Math.min(CHANNEL_BLOCK, channels - c);
              scatter(dy, positions, spec, offsets, dx, part / blocks, c, n);
            });
  }

  private static void scatter(
      Tensor dy,
      Tensor positions,
      Pool2dSpec spec,
      int[] offsets,
      Tensor dx,
      int image,
      int channel,
      int n) {
    int height = dy.shape().dim(1);
    int width = dy.shape().dim(2);
    int channels = dy.shape().dim(3);
    long to = dx.address() + 4L * image * dx.shape().stride(0);
    long element = (long) image * height * width * channels + channel;
    for (int h = 0; h < height; h++) {
      for (int w = 0; w < width; w++) {
        int top = h * spec.stride() - spec.pad();
        int left = w * spec.stride() - spec.pad();
        long corner = ((long) top * dx.shape().dim(2) + left) * channels;
        MaxPoolLoops.scatter(
            dy.address() + 4 * element,
            positions.address() + element,
            n,
            offsets,
            to + 4 * (corner + channel));
        element += channels;
      }
    }
  }

  // How far the element at each position of a window lies behind the window's corner.
  private static int[] offsets(Pool2dSpec spec, Shape in) {
    int[] offsets = new int[256];
    for (int p = 0; p < spec.kernel() * spec.kernel(); p++) {
      offsets[p] = (p / spec.kernel() * in.dim(2) + p % spec.kernel()) * in.dim(3);
    }
    return offsets;
  }

  @Override
  protected void runAverage(Tensor x, Pool2dSpec spec, Tensor y) {
    Shape in = x.shape();
    Shape out = y.shape();
    weightedSums(
        x,
        PoolAxis.forward(spec, in.dim(1), out.dim(1)),
        PoolAxis.forward(spec, in.dim(2), out.dim(2)),
        y);
  }

  @Override
  protected void runAverageBackward(Tensor dy, Pool2dSpec spec, Tensor dx) {
    Shape in = dx.shape();
    Shape out = dy.shape();
    weightedSums(
        dy,
        PoolAxis.backward(spec, in.dim(1), out.dim(1)),
        PoolAxis.backward(spec, in.dim(2), out.dim(2)),
        dx);
  }

  private void weightedSums(Tensor from, PoolAxis vertical, PoolAxis horizontal, Tensor to) {
    int rowLength = from.shape().dim(2) * from.shape().dim(3);
    int channels = to.shape().dim(3);
    int height = to.shape().dim(1);
    long source = from.address();
    long imageBytes = 4 * from.shape().stride(0);
    long target = to.address();
    long targetBytes = 4 * to.shape().stride(1);
    eachRow(
        to.shape(),
        4L * rowLength,
        (lo, hi, scratch) -> {
          for (long row = lo; row < hi; row++) {
            int h = (int) (row % height);
            ResizeLoops.sumRows(
                source + row / height * imageBytes,
                vertical.picks(),
                vertical.weights(),
                vertical.starts()[h],
                vertical.starts()[h + 1],
                scratch,
                rowLength);
            ResizeLoops.sumPixels(
                scratch,
                channels,
                horizontal.starts(),
                horizontal.picks(),
                horizontal.weights(),
                target + row * targetBytes);
          }
        });
  }

  @Override
  protected void runGlobal(Tensor x, Tensor y) {
    int channels = x.shape().dim(3);
    int pixels = x.shape().dim(1) * x.shape().dim(2);
    int blocks = Math.ceilDiv(channels, SUM_BLOCK);
    long from = x.address();
    long to = y.address();
    context
        .workers()
        .run(
            x.shape().dim(0) * blocks,
            part -> {
              long image = part / blocks;
              int c = part % blocks * SUM_BLOCK;
              double[] sums = new double[Math.min(SUM_BLOCK, channels - c)];
              SumLoops.addRows(
                  from + 4 * (image * pixels * channels + c), channels, pixels, sums.length, sums);
              for (int i = 0; i < sums.length; i++) {
                Native.putFloat(to, image * channels + c + i, (float) (sums[i] / pixels));
              }
            });
  }

  @Override
  protected void runGlobalBackward(Tensor dy, Tensor dx) {
    int channels = dx.shape().dim(3);
    int pixels = dx.shape().dim(1) * dx.shape().dim(2);
    long from = dy.address();
    long to = dx.address();
    context
        .workers()
        .range(
            dx.shape().rows(),
            Math.ceilDiv(GRAIN, channels),
            (_, lo, hi) -> {
              for (long pixel = lo; pixel < hi; pixel++) {
                long image = pixel / pixels;
                UpdateLoops.affine(
                    from + 4 * image * channels,
                    1f / pixels,
                    0,
                    to + 4 * pixel * channels,
                    channels);
              }
            });
  }

  private interface RowsBody {
    void run(long lo, long hi, long scratch);
  }

  /** Divides the rows {@code [N,H]} of {@code target} among the threads, with scratch for each. */
  private void eachRow(Shape target, long scratchBytes, RowsBody body) {
    long bytes = Math.ceilDiv(scratchBytes, 64) * 64;
    Buffer scratch = context.memory().allocate(bytes * context.workers().threads());
    try {
      context
          .workers()
          .range(
              (long) target.dim(0) * target.dim(1),
              Math.ceilDiv(GRAIN, target.stride(1)),
              (worker, lo, hi) -> body.run(lo, hi, scratch.address() + worker * bytes));
    } finally {
      context.memory().release(scratch);
    }
  }
}
