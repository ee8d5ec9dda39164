package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.BinaryLoops;
import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.DropoutLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.UnaryLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;

/** Element-wise ops. */
final class CpuPointwise extends PointwiseOps {
  /** Elements worth a thread's attention; elementary functions cost more each. */
  private static final int GRAIN = 32768;

  private static final int COSTLY_GRAIN = 4096;

  /** Shorter rows are repeated up to this length before they meet the other operand. */
  private static final int SHORT_ROW = 512;

  private final CpuContext context;

  CpuPointwise(CpuContext context) {
    this.context = context;
  }

  private interface Block {
    /**
     * Does {@code n} elements from element {@code first}, which are {@code at} bytes into the float
     * arrays.
     */
    void run(long first, long at, int n);
  }

  private void each(long size, int grain, Block block) {
    context
        .workers()
        .range(
            size,
            grain,
            (_, lo, hi) -> {
              for (long i = lo; i < hi; i += GRAIN) {
                block.run(i, 4 * i, (int) Math.min(GRAIN, hi - i));
              }
            });
  }

  @Override
  protected void runUnary(UnaryOp op, Tensor x, Tensor y) {
    long from = x.address();
    long to = y.address();
    each(x.size(), grain(op), (_, at, n) -> UnaryLoops.apply(op, from + at, to + at, n));
  }

  @Override
  protected void runUnaryBackward(UnaryOp op, Tensor dy, Tensor x, Tensor y, Tensor dx) {
    long gradient = dy.address();
    long source = (op.derivative() == UnaryOp.Derivative.OUTPUT ? y : x).address();
    long to = dx.address();
    each(
        x.size(),
        grain(op),
        (_, at, n) -> UnaryLoops.gradient(op, gradient + at, source + at, to + at, n));
  }

  private static int grain(UnaryOp op) {
    return switch (op) {
      case NEGATE, ABS, SQUARE, RELU, RELU6, LEAKY_RELU, HARD_SWISH, RECIPROCAL -> GRAIN;
      case SQRT, EXP, LOG, SIGMOID, TANH, SILU, SOFTPLUS -> COSTLY_GRAIN;
    };
  }

  @Override
  protected void runBinary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    Broadcast broadcast = Broadcast.of(a.shape(), b.shape());
    if (broadcast.repeatsRowOfB() && broadcast.rowLength() < SHORT_ROW) {
      binaryRepeating(op, a, b, y, broadcast.rowLength());
    } else {
      binaryBroadcasting(op, a, b, y, broadcast);
    }
  }

  private void binaryBroadcasting(BinaryOp op, Tensor a, Tensor b, Tensor y, Broadcast broadcast) {
    long left = a.address();
    long right = b.address();
    long to = y.address();
    each(
        y.size(),
        GRAIN,
        (first, _, n) ->
            broadcast.forEachRun(
                first,
                n,
                (i, atA, atB, count) ->
                    BinaryLoops.apply(
                        op,
                        left + 4 * atA,
                        broadcast.stepA(),
                        right + 4 * atB,
                        broadcast.stepB(),
                        to + 4 * i,
                        count)));
  }

  /** Per-channel values against few channels: they are written out for many pixels first. */
  private void binaryRepeating(BinaryOp op, Tensor a, Tensor b, Tensor y, int channels) {
    int length = Math.ceilDiv(SHORT_ROW, channels) * channels;
    Buffer repeated = context.memory().allocate(4L * length);
    try {
      for (int i = 0; i < length; i += channels) {
        Native.copy(b.address(), repeated.address() + 4L * i, 4L * channels);
      }
      long left = a.address();
      long right = repeated.address();
      long to = y.address();
      long grain = (long) Math.ceilDiv(GRAIN, length) * length;
      context
          .workers()
          .range(
              y.size(),
              grain,
              (_, lo, hi) -> {
                for (long i = lo; i < hi; i += length) {
                  int n = (int) Math.min(length, hi - i);
                  BinaryLoops.apply(op, left + 4 * i, 1, right, 1, to + 4 * i, n);
                }
              });
    } finally {
      context.memory().release(repeated);
    }
  }

  @Override
  protected void runAffine(Tensor x, float scale, float shift, Tensor y) {
    long from = x.address();
    long to = y.address();
    each(x.size(), GRAIN, (_, at, n) -> UpdateLoops.affine(from + at, scale, shift, to + at, n));
  }

  @Override
  protected void runAccumulate(Tensor target, Tensor x) {
    long to = target.address();
    long from = x.address();
    each(x.size(), GRAIN, (_, at, n) -> UpdateLoops.accumulate(to + at, from + at, n));
  }

  @Override
  protected void runScaleBy(Tensor target, Tensor factor) {
    float value = Native.getFloat(factor.address(), 0);
    if (value != 1) {
      long to = target.address();
      each(target.size(), GRAIN, (_, at, n) -> UpdateLoops.scale(to + at, value, n));
    }
  }

  @Override
  protected void runFill(Tensor target, float value) {
    long to = target.address();
    each(target.size(), GRAIN, (_, at, n) -> UpdateLoops.fill(to + at, value, n));
  }

  @Override
  protected void runCopy(Tensor source, Tensor target) {
    long from = source.address();
    long to = target.address();
    context
        .workers()
        .range(
            source.byteSize(), 4 * GRAIN, (_, lo, hi) -> Native.copy(from + lo, to + lo, hi - lo));
  }

  @Override
  protected void runCast(Tensor x, Tensor y) {
    long from = x.address();
    long to = y.address();
    each(
        x.size(),
        COSTLY_GRAIN,
        (first, _, n) ->
            CastLoops.cast(
                x.dtype(),
                from + first * x.dtype().bytes(),
                y.dtype(),
                to + first * y.dtype().bytes(),
                n));
  }

  @Override
  protected void runDropout(Tensor x, float p, long seed, long stream, Tensor y) {
    long from = x.address();
    long to = y.address();
    each(
        x.size(),
        COSTLY_GRAIN,
        (first, at, n) -> DropoutLoops.apply(from + at, p, seed, stream, first, to + at, n));
  }
}
