package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.launch.KernelFile;
import io.auxgrad.kernels.cuda.launch.Scratch;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;

/** Copies of operands in the types that a library takes. */
final class Casts {
  private static final int PACK_BYTES = 16;

  private final Gpu gpu;
  private final KernelFile.TypedByTwo cast;

  Casts(Gpu gpu) {
    this.gpu = gpu;
    cast = new KernelFile(gpu, "pointwise.cu").typedByTwo("cast");
  }

  /** An operand where a library reads or writes it; a copy's memory is given back by closing it. */
  record Operand(long address, Scratch copyOrNull) implements AutoCloseable {
    @Override
    public void close() {
      if (copyOrNull != null) {
        copyOrNull.close();
      }
    }
  }

  /** {@code tensor} itself if it is of {@code type}, else a copy. */
  Operand of(Tensor tensor, DType type) {
    if (tensor.dtype() == type) {
      return new Operand(tensor.address(), null);
    }
    return copy(tensor.address(), tensor.dtype(), type, tensor.size());
  }

  /** {@code tensor}, a factor of {@code p}, in {@code type}. */
  Operand factor(ConvolutionPass p, Tensor tensor, DType type) {
    return p.isWeight(tensor) ? parameter(tensor, type) : of(tensor, type);
  }

  /** As {@link #of}; but what {@code tensor} is rounded to is kept as long as it stays the same. */
  Operand parameter(Tensor tensor, DType type) {
    // What a recording makes on the way is made anew, without a new version, in each run.
    boolean kept =
        tensor.dtype() == DType.FLOAT32 && type == DType.BFLOAT16 && !tensor.isRecorded();
    return kept ? new Operand(RoundedParameter.address(gpu, this, tensor), null) : of(tensor, type);
  }

  /** {@code tensor}, a factor of {@code p}, as float32 with the values that bfloat16 has. */
  Operand roundedToBfloat16(ConvolutionPass p, Tensor tensor) {
    try (Operand narrow = factor(p, tensor, DType.BFLOAT16)) {
      return copy(narrow.address(), DType.BFLOAT16, DType.FLOAT32, tensor.size());
    }
  }

  /** Where a result of {@code type} can be written that is to become {@code tensor}. */
  Operand room(Tensor tensor, DType type) {
    return tensor.dtype() == type
        ? new Operand(tensor.address(), null)
        : scratch(tensor.size(), type);
  }

  /** {@code size} zeros. */
  Operand zeros(long size, DType type) {
    Operand zeros = scratch(size, type);
    zeros.copyOrNull().clear(size * type.bytes());
    return zeros;
  }

  /** Brings what was written to {@code room}, of {@code type}, to {@code tensor}. */
  void settle(Operand room, DType type, Tensor tensor) {
    if (room.copyOrNull() != null) {
      launch(room.address(), type, tensor.address(), tensor.dtype(), tensor.size());
    }
  }

  private Operand copy(long from, DType type, DType to, long size) {
    Operand copy = scratch(size, to);
    launch(from, type, copy.address(), to, size);
    return copy;
  }

  private Operand scratch(long size, DType type) {
    Scratch scratch = new Scratch(gpu, size * type.bytes());
    return new Operand(scratch.address(), scratch);
  }

  /** Copies {@code size} elements. */
  void launch(long from, DType type, long to, DType toType, long size) {
    int pack = PACK_BYTES / Math.max(type.bytes(), toType.bytes());
    cast.begin(type, toType).put(from).put(to).put(size).launch(size, pack);
  }
}
