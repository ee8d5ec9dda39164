package io.auxgrad.mtl.tasks;

import io.auxgrad.mtl.UserException;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.ResizeOps;

/** What all tasks do with labels: insist on them, and bring outputs to their size. */
final class Labels {
  private Labels() {}

  static Tensor require(Tensor labelsOrNull, String task) {
    if (labelsOrNull == null) {
      throw new UserException(
          "task "
              + task
              + ": the data has no "
              + task
              + " labels; turn the task off or choose data that has them");
    }
    return labelsOrNull;
  }

  /** {@code output} at that height and width. */
  static Tensor resize(Tensor output, int height, int width) {
    return Backends.of(output).resize().forward(output, height, width, ResizeOps.Mode.BILINEAR);
  }
}
