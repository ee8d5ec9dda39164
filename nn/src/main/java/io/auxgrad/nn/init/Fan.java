package io.auxgrad.nn.init;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.TensorException;

/**
 * How many values feed one output of a layer, and how many outputs one value feeds, as PyTorch
 * counts them.
 *
 * @param in for a linear weight {@code [O,I]} the inputs {@code I}; for a convolution weight {@code
 *     [O,KH,KW,I/groups]} {@code KH*KW*I/groups}
 * @param out {@code O}, or {@code O*KH*KW} whatever the groups
 */
public record Fan(int in, int out) {
  /** Which of the two scales a Kaiming initialiser. */
  public enum Mode {
    /** Keeps the variance of activations in the forward pass. */
    IN,
    /** Keeps the variance of gradients in the backward pass. */
    OUT
  }

  /** The fan of a weight {@code [O,I]} or {@code [O,KH,KW,I/groups]}. */
  public static Fan of(Shape weight) {
    if (weight.rank() != 2 && weight.rank() != 4) {
      throw new TensorException(
          "initialiser: fan of "
              + weight
              + " is not defined; a weight is [O,I] or [O,KH,KW,I/groups]");
    }
    int field = weight.rank() == 4 ? weight.dim(1) * weight.dim(2) : 1;
    return new Fan(weight.dim(-1) * field, weight.dim(0) * field);
  }

  int get(Mode mode) {
    return mode == Mode.IN ? in : out;
  }
}
