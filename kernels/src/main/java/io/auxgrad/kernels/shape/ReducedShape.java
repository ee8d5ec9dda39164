package io.auxgrad.kernels.shape;

import io.auxgrad.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A shape with each dimension either kept or reduced, neighbours of the same fate merged as long as
 * an extent fits 31 bits and extents of 1 left out; outermost first.
 */
public final class ReducedShape {
  private final int rank;
  private final int[] extent;
  private final boolean[] reduced;

  /**
   * A reduction along one axis.
   *
   * @param outer elements in front of it
   * @param length its extent
   * @param inner elements behind it
   */
  public record Axis(long outer, long length, long inner) {
    /** Elements that are left. */
    public long results() {
      return outer * inner;
    }
  }

  private ReducedShape(int rank, int[] extent, boolean[] reduced) {
    this.rank = rank;
    this.extent = extent;
    this.reduced = reduced;
  }

  /** {@code x} reduced to {@code y}, which broadcasts to it. */
  public static ReducedShape of(Shape x, Shape y) {
    int[] extent = new int[x.rank()];
    boolean[] reduced = new boolean[x.rank()];
    int rank = 0;
    for (int i = 0; i < x.rank(); i++) {
      int axisOfY = i - x.rank() + y.rank();
      boolean gone = axisOfY < 0 || y.dim(axisOfY) == 1;
      if (x.dim(i) == 1) {
        continue;
      }
      boolean merges =
          rank > 0
              && reduced[rank - 1] == gone
              && (long) extent[rank - 1] * x.dim(i) <= Integer.MAX_VALUE;
      if (merges) {
        extent[rank - 1] *= x.dim(i);
      } else {
        extent[rank] = x.dim(i);
        reduced[rank++] = gone;
      }
    }
    return new ReducedShape(rank, extent, reduced);
  }

  /** True if there is one reduced dimension at most: {@code [outer, length, inner]}. */
  public boolean isSimple() {
    for (int i = 1; i < rank; i++) {
      if (reduced[i] == reduced[i - 1]) {
        return false;
      }
    }
    return rank < 3 || (rank == 3 && reduced[1]);
  }

  private int reducedAxis() {
    int axis = 0;
    while (axis < rank && !reduced[axis]) {
      axis++;
    }
    return axis;
  }

  /** Of a simple shape: elements in front of the reduced dimension. */
  public int outer() {
    return reducedAxis() == 0 ? 1 : extent[0];
  }

  /** Of a simple shape: extent of the reduced dimension. */
  public int length() {
    return reducedAxis() == rank ? 1 : extent[reducedAxis()];
  }

  /** Of a simple shape: elements behind the reduced dimension. */
  public int inner() {
    return reducedAxis() + 1 < rank ? extent[rank - 1] : 1;
  }

  /**
   * Reductions along one axis each, which one after the other, the innermost axis first, give the
   * result; at least one, though it may have length 1.
   */
  public List<Axis> axes() {
    List<Axis> axes = new ArrayList<>();
    long inner = 1;
    for (int d = rank - 1; d >= 0; d--) {
      if (reduced[d]) {
        axes.add(new Axis(product(d), extent[d], inner));
      } else {
        inner *= extent[d];
      }
    }
    return axes.isEmpty() ? List.of(new Axis(inner, 1, 1)) : axes;
  }

  /** Elements in front of dimension {@code end}. */
  private long product(int end) {
    long product = 1;
    for (int d = 0; d < end; d++) {
      product *= extent[d];
    }
    return product;
  }

  /**
   * The offset of the first element of {@code x} that belongs to element {@code i} of {@code y}.
   */
  public long origin(long i) {
    long offset = 0;
    long rest = i;
    long stride = 1;
    for (int d = rank - 1; d >= 0; d--) {
      if (!reduced[d]) {
        offset += rest % extent[d] * stride;
        rest /= extent[d];
      }
      stride *= extent[d];
    }
    return offset;
  }

  /** The distance of the {@code i}-th element that is reduced into one result from the first. */
  public long distance(long i) {
    long offset = 0;
    long rest = i;
    long stride = 1;
    for (int d = rank - 1; d >= 0; d--) {
      if (reduced[d]) {
        offset += rest % extent[d] * stride;
        rest /= extent[d];
      }
      stride *= extent[d];
    }
    return offset;
  }
}
