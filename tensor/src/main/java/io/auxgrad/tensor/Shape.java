package io.auxgrad.tensor;

import java.util.Arrays;

/**
 * The extents of a tensor, outermost first. Immutable; rank 0 is a scalar.
 *
 * <pre>{@code
 * Shape images = Shape.of(4, 120, 160, 3); // [N,H,W,C]
 * images.dim(-1);                          // 3
 * images.size();                           // 230400
 * }</pre>
 */
public final class Shape {
  private static final Shape SCALAR = new Shape();

  private final int[] dims;
  private final long size;

  private Shape(int... dims) {
    this.dims = dims;
    this.size = product(dims);
  }

  private static long product(int[] dims) {
    long product = 1;
    for (int d : dims) {
      if (d < 0) {
        throw new TensorException(
            "shape " + Arrays.toString(dims) + " has the negative extent " + d);
      }
      long next = product * d;
      if ((d != 0 && next / d != product) || next < 0) {
        throw new TensorException("shape " + Arrays.toString(dims) + " has too many elements");
      }
      product = next;
    }
    return product;
  }

  /** A shape of the given extents, none negative. */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** The shape of a single value: rank 0, size 1. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** Number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Extent of dimension {@code axis}; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** The non-negative form of {@code axis}, which must lie in {@code [-rank, rank)}. */
  public int axis(int axis) {
    int index = axis < 0 ? axis + dims.length : axis;
    if (index < 0 || index >= dims.length) {
      throw new TensorException("axis " + axis + " is outside of shape " + this);
    }
    return index;
  }

  /** Number of elements. */
  public long size() {
    return size;
  }

  /** A copy of the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** This shape with {@code axis} set to {@code extent}. */
  public Shape with(int axis, int extent) {
    int[] copy = dims.clone();
    copy[axis(axis)] = extent;
    return new Shape(copy);
  }

  /** Number of elements in one step of {@code axis}: the product of the extents behind it. */
  public long stride(int axis) {
    long product = 1;
    for (int i = axis(axis) + 1; i < dims.length; i++) {
      product *= dims[i];
    }
    return product;
  }

  /** Number of pixels or rows: the size without the last extent; 1 for a scalar. */
  public long rows() {
    long product = 1;
    for (int i = 0; i + 1 < dims.length; i++) {
      product *= dims[i];
    }
    return product;
  }

  /**
   * The shape that {@code this} and {@code other} broadcast to: aligned at the last dimension,
   * equal extents or 1.
   */
  public Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    int[] out = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int a = i <= rank() ? dims[rank() - i] : 1;
      int b = i <= other.rank() ? other.dims[other.rank() - i] : 1;
      if (a != b && a != 1 && b != 1) {
        throw new TensorException(
            "shapes " + this + " and " + other + " do not broadcast: " + a + " against " + b);
      }
      out[rank - i] = a == 1 ? b : a;
    }
    return new Shape(out);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** For example {@code [4,120,160,3]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims).replace(" ", "");
  }
}
