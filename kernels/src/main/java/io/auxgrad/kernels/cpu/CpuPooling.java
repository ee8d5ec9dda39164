package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.ResizeLoops;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Pooling along one axis after the other. Every row of a result is computed by one thread, so sums
 * have a fixed order.
 */
final class CpuPooling extends PoolingOps {
  /** Elements worth a thread's attention. */
  private static final int GRAIN = 16384;

  private static final int SUM_BLOCK = 256;

  private final CpuContext context;
  private final CpuPointwise pointwise;

  CpuPooling(CpuContext context, CpuPointwise pointwise) {
    this.context = context;
    this.pointwise = pointwise;
  }

  @Override
  protected void runMax(Tensor x, Pool2dSpec spec, Tensor y, Tensor positions) {
    if (positions == null && MaxPoolStrips.suits(x, spec) && inStrips(x, null, y, null)) {
      return;
    }
    eachRow(
        y.shape(),
        FloatMaxPoolRows.scratchBytes(x, y, spec),
        (lo, hi, scratch) -> {
          MaxPoolRows rows =
              PackedMaxPoolRows.suits(x, y.shape(), spec, lo, hi)
                  ? new PackedMaxPoolRows(x, y, positions, spec, scratch)
                  : new FloatMaxPoolRows(x, y, positions, spec, scratch);
          rows.run(lo, hi);
        });
  }

  /** Returns false if a number was not finite: then {@code y} is worth nothing. */
  private boolean inStrips(Tensor x, Tensor addend, Tensor y, Tensor sum) {
    AtomicBoolean finite = new AtomicBoolean(true);
    withScratch(
        MaxPoolStrips.parts(x.shape()),
        1,
        MaxPoolStrips.scratchBytes(x.shape()),
        (lo, hi, scratch) -> {
          if (!new MaxPoolStrips(x, addend, y, sum, scratch).run(lo, hi)) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  @Override
  protected void runMaxAndSum(Tensor x, Pool2dSpec spec, Tensor addend, Tensor y, Tensor sum) {
    if (!MaxPoolStrips.suits(x, spec) || !inStrips(x, addend, y, sum)) {
      runMax(x, spec, y, null);
      pointwise.runBinary(BinaryOp.ADD, addend, x, sum);
    }
  }

  @Override
  protected void runChain(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y) {
    withScratch(
        PoolingChain.parts(x),
        1,
        PoolingChain.scratchBytes(x, window, factors.size()),
        (lo, hi, scratch) -> new PoolingChain(x, window, factors, y, scratch).run(lo, hi));
  }

  @Override
  protected void runMaxBackward(Tensor dy, Tensor positions, Pool2dSpec spec, Tensor dx) {
    eachRow(
        dx.shape(),
        MaxPoolGradientRows.scratchBytes(dy, dx),
        (lo, hi, scratch) -> new MaxPoolGradientRows(dy, positions, spec, dx, scratch).run(lo, hi));
  }

  @Override
  protected void runAverage(Tensor x, Pool2dSpec spec, Tensor y) {
    Shape in = x.shape();
    Shape out = y.shape();
    PoolAxis vertical = PoolAxis.forward(spec, in.dim(1), out.dim(1));
    PoolAxis horizontal = PoolAxis.forward(spec, in.dim(2), out.dim(2));
    asFloats(x, y, (from, to) -> weightedSums(in, from, vertical, horizontal, out, to));
  }

  @Override
  protected void runAverageBackward(Tensor dy, Pool2dSpec spec, Tensor dx) {
    Shape in = dx.shape();
    Shape out = dy.shape();
    PoolAxis vertical = PoolAxis.backward(spec, in.dim(1), out.dim(1));
    PoolAxis horizontal = PoolAxis.backward(spec, in.dim(2), out.dim(2));
    asFloats(dy, dx, (from, to) -> weightedSums(out, from, vertical, horizontal, in, to));
  }

  private void weightedSums(
      Shape from, long source, PoolAxis vertical, PoolAxis horizontal, Shape to, long target) {
    int rowLength = from.dim(2) * from.dim(3);
    int channels = to.dim(3);
    int height = to.dim(1);
    long imageBytes = 4 * from.stride(0);
    long targetBytes = 4 * to.stride(1);
    eachRow(
        to,
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
    asFloats(x, y, (from, to) -> means(x.shape(), from, to));
  }

  private void means(Shape x, long from, long to) {
    int channels = x.dim(3);
    int pixels = x.dim(1) * x.dim(2);
    int blocks = Math.ceilDiv(channels, SUM_BLOCK);
    context
        .workers()
        .run(
            x.dim(0) * blocks,
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
    asFloats(dy, dx, (from, to) -> spread(dx.shape(), from, to));
  }

  private void spread(Shape dx, long from, long to) {
    int channels = dx.dim(3);
    int pixels = dx.dim(1) * dx.dim(2);
    context
        .workers()
        .range(
            dx.rows(),
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

  private interface FloatsBody {
    void run(long from, long to);
  }

  /**
   * Runs {@code body} on the tensors' memory, or on float32 copies where they are bfloat16: means
   * are rare enough not to have loops of their own for it.
   */
  private void asFloats(Tensor from, Tensor to, FloatsBody body) {
    if (from.dtype() == DType.FLOAT32) {
      body.run(from.address(), to.address());
      return;
    }
    long inputBytes = Math.ceilDiv(4 * from.size(), 64) * 64;
    Buffer floats = context.memory().allocate(inputBytes + 4 * to.size());
    try {
      long output = floats.address() + inputBytes;
      cast(from.dtype(), from.address(), DType.FLOAT32, floats.address(), from.size());
      body.run(floats.address(), output);
      cast(DType.FLOAT32, output, to.dtype(), to.address(), to.size());
    } finally {
      context.memory().release(floats);
    }
  }

  private void cast(DType type, long from, DType wanted, long to, long size) {
    context
        .workers()
        .range(
            size,
            GRAIN,
            (_, lo, hi) ->
                CastLoops.cast(
                    type, from + type.bytes() * lo, wanted, to + wanted.bytes() * lo, hi - lo));
  }

  private interface PartsBody {
    void run(long lo, long hi, long scratch);
  }

  /** Divides the rows {@code [N,H]} of {@code target} among the threads, with scratch for each. */
  private void eachRow(Shape target, long scratchBytes, PartsBody body) {
    long rows = (long) target.dim(0) * target.dim(1);
    withScratch(rows, Math.ceilDiv(GRAIN, target.stride(1)), scratchBytes, body);
  }

  /** Divides {@code n} pieces among the threads, {@code grain} at a time, with scratch for each. */
  private void withScratch(long n, long grain, long scratchBytes, PartsBody body) {
    long bytes = Math.ceilDiv(scratchBytes, 64) * 64;
    Buffer scratch = context.memory().allocate(bytes * context.workers().threads());
    try {
      context
          .workers()
          .range(
              n, grain, (worker, lo, hi) -> body.run(lo, hi, scratch.address() + worker * bytes));
    } finally {
      context.memory().release(scratch);
    }
  }
}
