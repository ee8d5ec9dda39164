package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;

/**
 * The elements of a float32 or bfloat16 tensor as float32: where they are, or a copy as long as
 * this is open. For kernels that are not worth loops over tiles.
 */
final class Widened implements AutoCloseable {
  private static final int GRAIN = 32768;

  private final CpuContext context;
  private final Tensor tensor;
  private final Buffer copy;

  private Widened(CpuContext context, Tensor tensor) {
    this.context = context;
    this.tensor = tensor;
    copy = tensor.dtype() == DType.FLOAT32 ? null : context.memory().allocate(4 * tensor.size());
  }

  /** The elements of {@code x}, to be read. */
  static Widened of(CpuContext context, Tensor x) {
    Widened widened = new Widened(context, x);
    widened.move((lo, n) -> CastLoops.widen(x.address() + 2 * lo, widened.address() + 4 * lo, n));
    return widened;
  }

  /** Room for the elements of {@code y}, to be written and {@link #store}d. */
  static Widened to(CpuContext context, Tensor y) {
    return new Widened(context, y);
  }

  long address() {
    return copy == null ? tensor.address() : copy.address();
  }

  /** Brings what was written into the tensor. */
  void store() {
    move((lo, n) -> CastLoops.narrow(address() + 4 * lo, tensor.address() + 2 * lo, n));
  }

  private interface Move {
    void run(long lo, int n);
  }

  private void move(Move move) {
    if (copy != null) {
      context
          .workers()
          .range(
              tensor.size(),
              GRAIN,
              (_, lo, hi) -> {
                for (long i = lo; i < hi; i += GRAIN) {
                  move.run(i, (int) Math.min(GRAIN, hi - i));
                }
              });
    }
  }

  @Override
  public void close() {
    if (copy != null) {
      context.memory().release(copy);
    }
  }
}
