package io.auxgrad.kernels.cpu;

import io.auxgrad.tensor.Tensor;
import java.util.List;

/** Many tensors seen as one long array, so that work on them is divided evenly and at once. */
final class Spans {
  private final long[] starts;

  /** Part of one tensor. */
  interface Body {
    /** Elements {@code [at, at + n)} of tensor {@code index}. */
    void run(int index, long at, int n);
  }

  /** The elements of {@code tensors} one after the other. */
  Spans(List<Tensor> tensors) {
    starts = new long[tensors.size() + 1];
    for (int i = 0; i < tensors.size(); i++) {
      starts[i + 1] = starts[i] + tensors.get(i).size();
    }
  }

  /** The address of each tensor. */
  static long[] addresses(List<Tensor> tensors) {
    long[] addresses = new long[tensors.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = tensors.get(i).address();
    }
    return addresses;
  }

  /** Number of elements of all tensors. */
  long size() {
    return starts[starts.length - 1];
  }

  /** Visits elements {@code [lo, hi)} of the long array, tensor by tensor. */
  void forEach(long lo, long hi, Body body) {
    for (int t = tensorOf(lo); t + 1 < starts.length && starts[t] < hi; t++) {
      long from = Math.max(lo, starts[t]);
      long to = Math.min(hi, starts[t + 1]);
      if (from < to) {
        body.run(t, from - starts[t], Math.toIntExact(to - from));
      }
    }
  }

  private int tensorOf(long element) {
    int low = 0;
    int high = starts.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= element) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
