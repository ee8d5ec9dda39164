package io.auxgrad.autograd;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.IndexingOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Moving elements. */
public final class IndexingGradients {
  private IndexingGradients() {}

  /** The parts one after the other along {@code axis}; all other extents equal. */
  public static Variable concat(List<Variable> parts, int axis) {
    if (parts.isEmpty()) {
      throw new TensorException("concat: needs at least one part");
    }
    IndexingOps indexing = parts.getFirst().backend().indexing();
    Tensor y = indexing.concat(parts.stream().map(Variable::value).toList(), axis);
    return Tape.record(
        y,
        saver ->
            (dy, into) -> {
              int start = 0;
              for (Variable part : parts) {
                int from = start;
                int length = part.shape().dim(axis);
                into.add(part, () -> indexing.slice(dy, axis, from, length));
                start += length;
              }
            },
        parts.toArray(Variable[]::new));
  }

  /** {@code length} steps of {@code axis} from {@code start}. */
  public static Variable slice(Variable x, int axis, int start, int length) {
    IndexingOps indexing = x.backend().indexing();
    Tensor y = indexing.slice(x.value(), axis, start, length);
    return Tape.record(
        y,
        saver ->
            (dy, into) -> into.add(x, () -> indexing.sliceBackward(dy, axis, start, x.shape())),
        x);
  }

  /**
   * {@code x} cut along {@code axis} into pieces of the given lengths, which add up to the extent.
   */
  public static List<Variable> split(Variable x, int axis, int... lengths) {
    int total = Arrays.stream(lengths).sum();
    if (total != x.shape().dim(axis)) {
      throw new TensorException(
          "split: lengths "
              + Arrays.toString(lengths)
              + " sum to "
              + total
              + ", axis "
              + axis
              + " of "
              + x.shape()
              + " has "
              + x.shape().dim(axis));
    }
    List<Variable> pieces = new ArrayList<>();
    int start = 0;
    for (int length : lengths) {
      pieces.add(slice(x, axis, start, length));
      start += length;
    }
    return pieces;
  }

  /** {@code x} with its axes in another order: axis {@code i} of the result is {@code order[i]}. */
  public static Variable permute(Variable x, int... order) {
    IndexingOps indexing = x.backend().indexing();
    Tensor y = indexing.permute(x.value(), order);
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[x.shape().axis(order[i])] = i;
    }
    return Tape.record(
        y, saver -> (dy, into) -> into.add(x, () -> indexing.permute(dy, inverse)), x);
  }

  /** The same elements under another shape of the same size; shares the memory. */
  public static Variable reshape(Variable x, Shape to) {
    Tensor y = x.value().reshape(to);
    return Tape.record(y, saver -> (dy, into) -> into.add(x, () -> dy.reshape(x.shape())), x);
  }
}
