package io.auxgrad.kernels.shape;

import io.auxgrad.tensor.Shape;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Which class labels an op takes, and what it says of others.
 *
 * @param op as the user knows it
 * @param what the labels are called
 * @param classes labels are in {@code [0, classes)}
 * @param ignore one more that is allowed
 */
public record LabelRange(String op, String what, int classes, OptionalInt ignore) {
  /** The error for {@code label}, which is number {@code element} of labels of {@code shape}. */
  public String complaint(int label, Shape shape, long element) {
    return "%s: %s %d at %s is outside of [0,%d)%s"
        .formatted(
            op,
            what,
            label,
            Arrays.toString(position(shape, element)),
            classes,
            ignore.isPresent() ? " and is not the ignore index " + ignore.getAsInt() : "");
  }

  private static int[] position(Shape shape, long element) {
    int[] position = new int[shape.rank()];
    for (int axis = 0; axis < position.length; axis++) {
      position[axis] = (int) (element / shape.stride(axis) % shape.dim(axis));
    }
    return position;
  }
}
