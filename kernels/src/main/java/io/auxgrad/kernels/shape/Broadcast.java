package io.auxgrad.kernels.shape;

import io.auxgrad.tensor.Shape;

/**
 * Two shapes walked together as their broadcast, with the dimensions merged as far as both and 31
 * bits allow: what is left is usually one run, or rows.
 */
public final class Broadcast {
  private final int rank;
  private final int[] extent;
  private final long[] strideA;
  private final long[] strideB;

  /** A stretch along which each operand either advances or stands still. */
  public interface Run {
    /**
     * {@code count} elements from {@code i} of the result, {@code a} and {@code b} of the operands.
     */
    void at(long i, long a, long b, int count);
  }

  private Broadcast(int rank, int[] extent, long[] strideA, long[] strideB) {
    this.rank = rank;
    this.extent = extent;
    this.strideA = strideA;
    this.strideB = strideB;
  }

  /** Dimension 0 is the innermost one. */
  public static Broadcast of(Shape a, Shape b) {
    Shape y = a.broadcast(b);
    int[] extent = new int[Math.max(1, y.rank())];
    long[] strideA = new long[extent.length];
    long[] strideB = new long[extent.length];
    extent[0] = 1;
    int rank = 0;
    for (int i = 1; i <= y.rank(); i++) {
      if (y.dim(-i) == 1) {
        continue;
      }
      long sa = stride(a, i);
      long sb = stride(b, i);
      boolean merges =
          rank > 0
              && sa == strideA[rank - 1] * extent[rank - 1]
              && sb == strideB[rank - 1] * extent[rank - 1]
              && (long) extent[rank - 1] * y.dim(-i) <= Integer.MAX_VALUE;
      if (merges) {
        extent[rank - 1] *= y.dim(-i);
      } else {
        extent[rank] = y.dim(-i);
        strideA[rank] = sa;
        strideB[rank] = sb;
        rank++;
      }
    }
    return new Broadcast(Math.max(1, rank), extent, strideA, strideB);
  }

  private static long stride(Shape s, int fromEnd) {
    return fromEnd > s.rank() || s.dim(-fromEnd) == 1 ? 0 : s.stride(-fromEnd);
  }

  /** Dimensions left, at least 1. */
  public int rank() {
    return rank;
  }

  /** Extent of dimension {@code d}, the innermost being 0. */
  public int extent(int d) {
    return extent[d];
  }

  /** How far {@code a} goes on with a step along dimension {@code d}; 0 if it stands still. */
  public long strideA(int d) {
    return strideA[d];
  }

  /** How far {@code b} goes on with a step along dimension {@code d}; 0 if it stands still. */
  public long strideB(int d) {
    return strideB[d];
  }

  /** True if {@code b} is one row that all rows of {@code a} meet. */
  public boolean repeatsRowOfB() {
    return rank == 2 && strideB[1] == 0 && strideB[0] == 1 && strideA[0] == 1 && strideA[1] > 0;
  }

  /** Elements of the innermost dimension. */
  public int rowLength() {
    return extent[0];
  }

  /** 1 if {@code a} advances along a run, 0 if it stands still. */
  public int stepA() {
    return (int) strideA[0];
  }

  /** 1 if {@code b} advances along a run, 0 if it stands still. */
  public int stepB() {
    return (int) strideB[0];
  }

  /** Visits elements {@code [first, first + n)} of the result. */
  public void forEachRun(long first, int n, Run run) {
    int[] index = indexOf(first);
    long a = 0;
    long b = 0;
    for (int d = 0; d < rank; d++) {
      a += index[d] * strideA[d];
      b += index[d] * strideB[d];
    }
    long i = first;
    long end = first + n;
    while (true) {
      int count = (int) Math.min(extent[0] - index[0], end - i);
      run.at(i, a, b, count);
      i += count;
      if (i == end) {
        return;
      }
      a -= index[0] * strideA[0];
      b -= index[0] * strideB[0];
      index[0] = 0;
      int d = 1;
      while (index[d] + 1 == extent[d]) {
        a -= index[d] * strideA[d];
        b -= index[d] * strideB[d];
        index[d++] = 0;
      }
      index[d]++;
      a += strideA[d];
      b += strideB[d];
    }
  }

  private int[] indexOf(long element) {
    int[] index = new int[rank];
    long rest = element;
    for (int d = 0; d < rank; d++) {
      index[d] = (int) (rest % extent[d]);
      rest /= extent[d];
    }
    return index;
  }
}
