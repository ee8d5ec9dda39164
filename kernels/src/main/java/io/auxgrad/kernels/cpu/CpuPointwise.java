package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.Bfloat16Loops;
import io.auxgrad.kernels.cpu.simd.BinaryLoops;
import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.DropoutLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.UnaryLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.kernels.shape.Broadcast;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.stream.Stream;

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

  private interface Map {
    /** Does {@code n} floats from {@code x} to {@code y}; the first has number {@code first}. */
    void run(long x, long y, long first, int n);
  }

  private void map(int grain, Tensor x, Tensor y, Map loop) {
    try (Tiles tiles = new Tiles(context, y, x)) {
      each(
          tiles,
          y.size(),
          grain,
          (worker, first, n) -> {
            long from = tiles.read(worker, 1, first, n);
            loop.run(from, tiles.target(worker, 0, first), first, n);
            tiles.write(worker, 0, first, n);
          });
    }
  }

  private interface Update {
    /** Changes {@code n} floats at {@code y}. */
    void run(long y, int n);
  }

  private void update(Tensor y, Update loop) {
    try (Tiles tiles = new Tiles(context, y)) {
      each(
          tiles,
          y.size(),
          GRAIN,
          (worker, first, n) -> {
            loop.run(tiles.read(worker, 0, first, n), n);
            tiles.write(worker, 0, first, n);
          });
    }
  }

  private interface Tile {
    /** Does {@code n} elements from {@code first}. */
    void run(int worker, long first, int n);
  }

  private void each(Tiles tiles, long size, int grain, Tile tile) {
    context
        .workers()
        .range(
            size,
            grain,
            (worker, lo, hi) -> {
              for (long first = lo; first < hi; first += tiles.length()) {
                tile.run(worker, first, (int) Math.min(tiles.length(), hi - first));
              }
            });
  }

  private interface Chunk {
    /** Does {@code n} elements that lie {@code at} bytes into each tensor. */
    void run(long at, int n);
  }

  /** Runs over tensors of one type, that of {@code y}, where they lie. */
  private void direct(Tensor y, Chunk chunk) {
    int width = y.dtype().bytes();
    context
        .workers()
        .range(
            y.size(),
            GRAIN,
            (_, lo, hi) -> {
              for (long i = lo; i < hi; i += GRAIN) {
                chunk.run(width * i, (int) Math.min(GRAIN, hi - i));
              }
            });
  }

  private static boolean isBfloat16(Tensor... tensors) {
    return Stream.of(tensors).allMatch(t -> t.dtype() == DType.BFLOAT16);
  }

  @Override
  protected void runUnary(UnaryOp op, Tensor x, Tensor y) {
    if (op == UnaryOp.RELU6 && isBfloat16(x)) {
      long from = x.address();
      long to = y.address();
      direct(y, (at, n) -> Bfloat16Loops.relu6(from + at, to + at, n));
      return;
    }
    map(grain(op), x, y, (from, to, _, n) -> UnaryLoops.apply(op, from, to, n));
  }

  @Override
  protected void runUnaryBackward(UnaryOp op, Tensor dy, Tensor x, Tensor y, Tensor dx) {
    Tensor source = op.derivative() == UnaryOp.Derivative.OUTPUT ? y : x;
    if (op == UnaryOp.RELU6 && isBfloat16(dy)) {
      long gradient = dy.address();
      long from = source.address();
      long to = dx.address();
      direct(dx, (at, n) -> Bfloat16Loops.relu6Gradient(gradient + at, from + at, to + at, n));
      return;
    }
    try (Tiles tiles = new Tiles(context, dx, dy, source)) {
      each(
          tiles,
          dx.size(),
          grain(op),
          (worker, first, n) -> {
            long gradient = tiles.read(worker, 1, first, n);
            long from = tiles.read(worker, 2, first, n);
            UnaryLoops.gradient(op, gradient, from, tiles.target(worker, 0, first), n);
            tiles.write(worker, 0, first, n);
          });
    }
  }

  private static int grain(UnaryOp op) {
    return switch (op) {
      case NEGATE, ABS, SQUARE, RELU, RELU6, LEAKY_RELU, HARD_SWISH, RECIPROCAL -> GRAIN;
      case SQRT, EXP, LOG, SIGMOID, TANH, SILU, SOFTPLUS -> COSTLY_GRAIN;
    };
  }

  @Override
  protected void runBinary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    if (op == BinaryOp.ADD && a.shape().equals(b.shape()) && isBfloat16(a, b)) {
      add(a, b, y);
      return;
    }
    Broadcast broadcast = Broadcast.of(a.shape(), b.shape());
    if (broadcast.repeatsRowOfB() && broadcast.rowLength() < SHORT_ROW) {
      binaryRepeating(op, a, b, y, broadcast.rowLength());
    } else {
      binaryBroadcasting(op, a, b, y, broadcast);
    }
  }

  /** {@code y = a + b} of bfloat16; {@code y} may be {@code a}. */
  private void add(Tensor a, Tensor b, Tensor y) {
    long left = a.address();
    long right = b.address();
    long to = y.address();
    direct(y, (at, n) -> Bfloat16Loops.add(left + at, right + at, to + at, n));
  }

  private void binaryBroadcasting(BinaryOp op, Tensor a, Tensor b, Tensor y, Broadcast broadcast) {
    int stepA = broadcast.stepA();
    int stepB = broadcast.stepB();
    try (Tiles tiles = new Tiles(context, y, a, b)) {
      each(
          tiles,
          y.size(),
          GRAIN,
          (worker, first, n) ->
              broadcast.forEachRun(
                  first,
                  n,
                  (i, atA, atB, count) -> {
                    long left = tiles.read(worker, 1, atA, stepA == 0 ? 1 : count);
                    long right = tiles.read(worker, 2, atB, stepB == 0 ? 1 : count);
                    long to = tiles.target(worker, 0, i);
                    BinaryLoops.apply(op, left, stepA, right, stepB, to, count);
                    tiles.write(worker, 0, i, count);
                  }));
    }
  }

  /** Per-channel values against few channels: they are written out for many pixels first. */
  private void binaryRepeating(BinaryOp op, Tensor a, Tensor b, Tensor y, int channels) {
    int length = Math.ceilDiv(SHORT_ROW, channels) * channels;
    Buffer repeated = context.memory().allocate(4L * length);
    try (Tiles tiles = new Tiles(context, y, a)) {
      long right = repeated.address();
      for (int i = 0; i < length; i += channels) {
        CastLoops.cast(b.dtype(), b.address(), DType.FLOAT32, right + 4L * i, channels);
      }
      long grain = (long) Math.ceilDiv(GRAIN, length) * length;
      context
          .workers()
          .range(
              y.size(),
              grain,
              (worker, lo, hi) -> {
                for (long i = lo; i < hi; i += length) {
                  int n = (int) Math.min(length, hi - i);
                  long left = tiles.read(worker, 1, i, n);
                  BinaryLoops.apply(op, left, 1, right, 1, tiles.target(worker, 0, i), n);
                  tiles.write(worker, 0, i, n);
                }
              });
    } finally {
      context.memory().release(repeated);
    }
  }

  @Override
  protected void runAffine(Tensor x, float scale, float shift, Tensor y) {
    map(GRAIN, x, y, (from, to, _, n) -> UpdateLoops.affine(from, scale, shift, to, n));
  }

  @Override
  protected void runAccumulate(Tensor target, Tensor x) {
    if (isBfloat16(target)) {
      add(target, x, target);
      return;
    }
    long to = target.address();
    long from = x.address();
    direct(target, (at, n) -> UpdateLoops.accumulate(to + at, from + at, n));
  }

  @Override
  protected void runScaleBy(Tensor target, Tensor factor) {
    float value = Native.getFloat(factor.address(), 0);
    if (value != 1) {
      update(target, (to, n) -> UpdateLoops.scale(to, value, n));
    }
  }

  @Override
  protected void runFill(Tensor target, float value) {
    update(target, (to, n) -> UpdateLoops.fill(to, value, n));
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
    int widthX = x.dtype().bytes();
    int widthY = y.dtype().bytes();
    context
        .workers()
        .range(
            x.size(),
            COSTLY_GRAIN,
            (_, lo, hi) ->
                CastLoops.cast(
                    x.dtype(), from + lo * widthX, y.dtype(), to + lo * widthY, hi - lo));
  }

  @Override
  protected void runDropout(Tensor x, float p, long seed, Tensor stream, Tensor y) {
    long lower = Native.getInt(stream.address(), 0) & 0xFFFFFFFFL;
    long number = (long) Native.getInt(stream.address(), 1) << 32 | lower;
    map(
        COSTLY_GRAIN,
        x,
        y,
        (from, to, first, n) -> DropoutLoops.apply(from, p, seed, number, first, to, n));
  }
}
