package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Moving and counting elements. */
public abstract class IndexingOps {
  /** The tensors one after the other along {@code axis}; all other extents equal. */
  public final Tensor concat(List<Tensor> parts, int axis) {
    Checks.require(!parts.isEmpty(), "concat", "needs at least one tensor");
    Tensor first = parts.getFirst();
    int at = first.shape().axis(axis);
    int extent = 0;
    for (Tensor part : parts) {
      Checks.dtype("concat", "part", part, first.dtype());
      Checks.require(
          part.shape().rank() == first.shape().rank()
              && part.shape().with(at, 1).equals(first.shape().with(at, 1)),
          "concat",
          "%s and %s differ in more than axis %d",
          first.shape(),
          part.shape(),
          at);
      extent += part.shape().dim(at);
    }
    Tensor y = Tensor.empty(first.memory(), first.dtype(), first.shape().with(at, extent));
    Launch.run("indexing.concat", () -> runConcat(parts, at, y), Arrays.asList(parts, List.of(y)));
    return y;
  }

  /** {@code length} steps of {@code axis} from {@code start}. */
  public final Tensor slice(Tensor x, int axis, int start, int length) {
    int at = x.shape().axis(axis);
    checkRange("slice", x.shape(), at, start, length);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape().with(at, length));
    Launch.run("indexing.slice", () -> runSlice(x, at, start, y), x, y);
    return y;
  }

  /** {@code dL/dx} of {@link #slice}: {@code dy} at its place, zeros around it. */
  public final Tensor sliceBackward(Tensor dy, int axis, int start, Shape x) {
    int at = x.axis(axis);
    checkRange("slice gradient", x, at, start, dy.shape().dim(at));
    Tensor dx = Tensor.empty(dy.memory(), dy.dtype(), x);
    Launch.run("indexing.sliceBackward", () -> runSliceBackward(dy, at, start, dx), dy, dx);
    return dx;
  }

  /**
   * {@code x} cut along {@code axis} into pieces of the given lengths, which must add up to the
   * extent.
   */
  public final List<Tensor> split(Tensor x, int axis, int... lengths) {
    int at = x.shape().axis(axis);
    int total = java.util.Arrays.stream(lengths).sum();
    Checks.require(
        total == x.shape().dim(at),
        "split",
        "lengths sum to %d, axis %d of %s has %d",
        total,
        at,
        x.shape(),
        x.shape().dim(at));
    List<Tensor> parts = new ArrayList<>();
    int start = 0;
    for (int length : lengths) {
      parts.add(slice(x, at, start, length));
      start += length;
    }
    return parts;
  }

  /**
   * {@code x} with its axes in another order: output axis {@code i} is input axis {@code order[i]}.
   */
  public final Tensor permute(Tensor x, int... order) {
    int rank = x.shape().rank();
    boolean[] seen = new boolean[rank];
    Checks.require(
        order.length == rank, "permute", "%d axes given for %s", order.length, x.shape());
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      int axis = x.shape().axis(order[i]);
      Checks.require(!seen[axis], "permute", "axis %d is given twice", axis);
      seen[axis] = true;
      dims[i] = x.shape().dim(axis);
    }
    Tensor y = Tensor.empty(x.memory(), x.dtype(), Shape.of(dims));
    Launch.run("indexing.permute", () -> runPermute(x, order, y), x, y);
    return y;
  }

  /**
   * Counts pairs of labels: {@code counts[target][prediction]++}.
   *
   * @param predictions int32
   * @param targets int32 of the same size; those equal to {@code ignoreIndex} are left out
   * @param counts int32 {@code [K,K]}, added to; whoever adds up more than 2^31 pixels takes them
   *     out before that
   */
  public final void confusion(Tensor predictions, Tensor targets, int ignoreIndex, Tensor counts) {
    String op = "confusion";
    Checks.dtype(op, "predictions", predictions, DType.INT32);
    Checks.dtype(op, "targets", targets, DType.INT32);
    Checks.dtype(op, "counts", counts, DType.INT32);
    Checks.require(
        predictions.size() == targets.size(),
        op,
        "predictions %s and targets %s differ",
        predictions.shape(),
        targets.shape());
    Checks.countable(op, targets.size());
    Checks.require(
        counts.shape().rank() == 2
            && counts.shape().dim(0) == counts.shape().dim(1)
            && counts.size() > 0,
        op,
        "counts %s must be square, with a class at least",
        counts.shape());
    Launch.run(
        "indexing.confusion",
        () -> runConfusion(predictions, targets, ignoreIndex, counts),
        predictions,
        targets,
        counts);
    counts.modified();
  }

  private static void checkRange(String op, Shape x, int axis, int start, int length) {
    Checks.require(
        start >= 0 && length >= 0 && start + length <= x.dim(axis),
        op,
        "[%d,%d) is outside of axis %d of %s",
        start,
        start + length,
        axis,
        x);
  }

  /** Writes {@code y}. */
  protected abstract void runConcat(List<Tensor> parts, int axis, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runSlice(Tensor x, int axis, int start, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runSliceBackward(Tensor dy, int axis, int start, Tensor dx);

  /** Writes {@code y}. */
  protected abstract void runPermute(Tensor x, int[] order, Tensor y);

  /** Adds to {@code counts}. */
  protected abstract void runConfusion(
      Tensor predictions, Tensor targets, int ignoreIndex, Tensor counts);
}
