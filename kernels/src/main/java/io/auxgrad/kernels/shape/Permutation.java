package io.auxgrad.kernels.shape;

import io.auxgrad.tensor.Shape;
import java.util.Arrays;

/**
 * An order of axes with neighbours that stay neighbours merged as long as an extent fits 31 bits:
 * the extents of the output, outermost first, and how far each step of one goes in the input and
 * the output, in elements.
 */
public record Permutation(int[] extent, long[] from, long[] to) {
  /** Output axis {@code i} is axis {@code order[i]} of {@code x}. */
  public static Permutation of(Shape x, int[] order) {
    int[] extent = new int[order.length];
    long[] from = new long[order.length];
    int rank = 0;
    for (int axis : order) {
      int n = x.dim(axis);
      long stride = x.stride(axis);
      if (n == 1) {
        continue;
      }
      boolean merges =
          rank > 0
              && from[rank - 1] == stride * n
              && (long) extent[rank - 1] * n <= Integer.MAX_VALUE;
      if (merges) {
        extent[rank - 1] *= n;
        from[rank - 1] = stride;
      } else {
        extent[rank] = n;
        from[rank++] = stride;
      }
    }
    return contiguous(rank, extent, from);
  }

  private static Permutation contiguous(int rank, int[] extent, long[] from) {
    long[] to = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      to[i] = stride;
      stride *= extent[i];
    }
    return new Permutation(Arrays.copyOf(extent, rank), Arrays.copyOf(from, rank), to);
  }

  /** Dimensions left; 0 if all extents are 1. */
  public int rank() {
    return extent.length;
  }

  /** The output dimension along which the input is contiguous. */
  public int contiguousInInput() {
    int d = 0;
    while (from[d] != 1) {
      d++;
    }
    return d;
  }

  /** The product of all extents but those of dimensions {@code a} and {@code b}. */
  public long outside(int a, int b) {
    long product = 1;
    for (int d = 0; d < rank(); d++) {
      product *= d == a || d == b ? 1 : extent[d];
    }
    return product;
  }

  /**
   * The offset of step {@code i} over all dimensions but {@code a} and {@code b}, by {@code
   * strides}.
   */
  public long offset(long i, int a, int b, long[] strides) {
    long offset = 0;
    long rest = i;
    for (int d = rank() - 1; d >= 0; d--) {
      if (d != a && d != b) {
        offset += rest % extent[d] * strides[d];
        rest /= extent[d];
      }
    }
    return offset;
  }
}
