package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/** The bytes that an op must move between the GPU and its memory, as its kernels state them. */
@FunctionalInterface
interface Traffic {
  /** Each operand is read once or written once. */
  Traffic ONCE =
      operands -> operands.stream().filter(Objects::nonNull).mapToLong(Tensor::byteSize).sum();

  /** With the operands that the contract's gate names, in its order; some may be null. */
  long bytes(List<Tensor> operands);

  /** Some operands move twice: updated in place, or read by two passes. */
  static Traffic twice(int... operands) {
    return all -> {
      long bytes = ONCE.bytes(all);
      for (int i : operands) {
        bytes += all.get(i).byteSize();
      }
      return bytes;
    };
  }

  /** One operand is there and not touched. */
  static Traffic without(int operand) {
    return all -> ONCE.bytes(all) - all.get(operand).byteSize();
  }

  /** Of lists of equal sizes, some are updated in place and the others read. */
  static Traffic ofLists(int lists, int updated) {
    return all -> ONCE.bytes(all) / lists * (lists + updated);
  }

  /** A part of the input, as large as the output, which is the last operand. */
  static Traffic ofPart() {
    return all -> 2 * all.getLast().byteSize();
  }
}
