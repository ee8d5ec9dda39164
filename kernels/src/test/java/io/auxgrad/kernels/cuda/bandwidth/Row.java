package io.auxgrad.kernels.cuda.bandwidth;

import io.auxgrad.tensor.DType;
import java.util.List;

/**
 * A row of the table for each type of activations: one op at one size.
 *
 * @param name what is shown; begins with the name of the op
 * @param types of the activations
 * @param traffic what must move
 * @param preparation makes the operands
 */
record Row(String name, List<DType> types, Traffic traffic, Preparation preparation) {
  /** Makes the operands of an op. */
  @FunctionalInterface
  interface Preparation {
    /** The op, which is called once, on operands from {@code batch}. */
    Runnable on(Batch batch);
  }

  /** In float32 and in bfloat16. */
  static Row of(String name, Traffic traffic, Preparation preparation) {
    return new Row(name, List.of(DType.FLOAT32, DType.BFLOAT16), traffic, preparation);
  }

  /** Without activations, or with those of one type. */
  static Row only(DType type, String name, Traffic traffic, Preparation preparation) {
    return new Row(name, List.of(type), traffic, preparation);
  }
}
