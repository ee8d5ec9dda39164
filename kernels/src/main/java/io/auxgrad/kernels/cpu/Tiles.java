package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;

/**
 * Tensors of one size that float32 loops run over, a tile at a time. Float32 is read and written
 * where it is. Bfloat16 is widened before the loop and rounded behind it in scratch that stays in
 * the first-level cache, so that memory sees 2 bytes for each element.
 */
final class Tiles implements AutoCloseable {
  /** Elements of a tile of bfloat16; a few tiles fit the first-level cache. */
  private static final int SMALL = 2048;

  /** Elements of a tile where nothing is widened. */
  private static final int LARGE = 32768;

  private static final long SLOT = 4L * SMALL;

  private final CpuMemory memory;
  private final Tensor[] tensors;
  private final Buffer scratch;

  /** Over {@code tensors}, which are numbered from 0. */
  Tiles(CpuContext context, Tensor... tensors) {
    this.memory = context.memory();
    this.tensors = tensors;
    scratch =
        hasNarrow() ? memory.allocate(SLOT * tensors.length * context.workers().threads()) : null;
  }

  /** Elements of a tile. */
  int length() {
    return scratch == null ? LARGE : SMALL;
  }

  /** The address of elements {@code [first, first + n)} of tensor {@code t} as float32. */
  long read(int worker, int t, long first, int n) {
    long to = target(worker, t, first);
    if (isNarrow(t)) {
      CastLoops.widen(tensors[t].address() + 2 * first, to, n);
    }
    return to;
  }

  /** Where to write elements of tensor {@code t} from {@code first} on as float32. */
  long target(int worker, int t, long first) {
    return isNarrow(t)
        ? scratch.address() + SLOT * (worker * tensors.length + t)
        : tensors[t].address() + 4 * first;
  }

  /** Brings {@code n} elements from {@link #target} to their place. */
  void write(int worker, int t, long first, int n) {
    if (isNarrow(t)) {
      CastLoops.narrow(target(worker, t, first), tensors[t].address() + 2 * first, n);
    }
  }

  // A loop, for a stream would be most of what an op leaves in the Java heap.
  private boolean hasNarrow() {
    for (Tensor tensor : tensors) {
      if (tensor.dtype() == DType.BFLOAT16) {
        return true;
      }
    }
    return false;
  }

  private boolean isNarrow(int t) {
    return tensors[t].dtype() == DType.BFLOAT16;
  }

  @Override
  public void close() {
    if (scratch != null) {
      memory.release(scratch);
    }
  }
}
