package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;

/**
 * Sums of gradients, in place wherever nobody else holds the memory. Arguments of {@link #sum} and
 * {@link #exclusive} are handed over.
 */
final class Accumulation {
  private Accumulation() {}

  /** Another handle on the memory of {@code tensor}, outside of every scope. */
  static Tensor share(Tensor tensor) {
    return TensorScope.detach(tensor.reshape(tensor.shape()));
  }

  /** {@code total + addend}, outside of every scope as they are; {@code total} may be null. */
  static Tensor sum(Tensor total, Tensor addend) {
    if (total == null) {
      return addend;
    }
    if (!total.isShared()) {
      return addTo(total, addend);
    }
    if (!addend.isShared()) {
      return addTo(addend, total);
    }
    Tensor sum = Backends.of(total).pointwise().binary(BinaryOp.ADD, total, addend);
    total.close();
    addend.close();
    return TensorScope.detach(sum);
  }

  /** {@code tensor} itself, or a copy in the current scope while its memory is shared. */
  static Tensor exclusive(Tensor tensor) {
    if (!tensor.isShared()) {
      return tensor;
    }
    Tensor copy = copy(tensor);
    tensor.close();
    return copy;
  }

  /** A copy of {@code tensor}, which stays open, in the current scope. */
  static Tensor copy(Tensor tensor) {
    Tensor copy = Tensor.empty(tensor.memory(), tensor.dtype(), tensor.shape());
    Backends.of(tensor).pointwise().copy(tensor, copy);
    return copy;
  }

  private static Tensor addTo(Tensor total, Tensor addend) {
    PointwiseOps pointwise = Backends.of(total).pointwise();
    pointwise.accumulate(total, addend);
    addend.close();
    return total;
  }
}
