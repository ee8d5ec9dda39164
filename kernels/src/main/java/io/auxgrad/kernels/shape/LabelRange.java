package io.auxgrad.kernels.shape;

import io.auxgrad.tensor.Shape;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The class labels that an op takes, and what it says of others.
 *
 * @param op that says it
 * @param what the labels are to it
 * @param labels their shape
 * @param classes labels lie in {@code [0, classes)}
 * @param ignore or are this one
 */
public record LabelRange(String op, String what, Shape labels, int classes, OptionalInt ignore) {
  /** The text for {@code value} at element {@code place}. */
  public String complaint(int value, long place) {
    return "%s: %s %d at %s is outside of [0,%d)%s"
        .formatted(
            op,
            what,
            value,
            Arrays.toString(position(place)),
            classes,
            ignore.isPresent() ? " and is not the ignore index " + ignore.getAsInt() : "");
  }

  private int[] position(long place) {
    int[] position = new int[labels.rank()];
    for (int axis = 0; axis < position.length; axis++) {
      position[axis] = (int) (place / labels.stride(axis) % labels.dim(axis));
    }
    return position;
  }
}
