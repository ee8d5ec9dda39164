package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;

/** What an input of a case holds; the values are exact in the input's dtype. */
record Input(Shape shape, Kind kind, double low, double high) {
  enum Kind {
    UNIFORM,
    /**
     * All values different by at least 1/64, in random order: no ties, finite differences see no
     * kink.
     */
    DISTINCT,
    /** Whole numbers in {@code [low, high)}. */
    LABELS,
    MASK
  }

  static Input uniform(int... dims) {
    return new Input(Shape.of(dims), Kind.UNIFORM, -1, 1);
  }

  static Input positive(int... dims) {
    return new Input(Shape.of(dims), Kind.UNIFORM, 0.25, 2);
  }

  static Input distinct(int... dims) {
    return new Input(Shape.of(dims), Kind.DISTINCT, 0, 0);
  }

  static Input labels(int low, int high, int... dims) {
    return new Input(Shape.of(dims), Kind.LABELS, low, high);
  }

  static Input mask(int... dims) {
    return new Input(Shape.of(dims), Kind.MASK, 0, 0);
  }

  boolean differentiable() {
    return kind == Kind.UNIFORM || kind == Kind.DISTINCT;
  }

  Array64 draw(Philox random) {
    return switch (kind) {
      case UNIFORM -> Array64.of(shape, i -> random.uniform((float) low, (float) high));
      case LABELS ->
          Array64.of(shape, i -> low + random.nextInt((int) (high - low))).as(DType.INT32);
      case MASK -> Array64.of(shape, i -> random.nextInt(4) == 0 ? 0 : 1).as(DType.UINT8);
      case DISTINCT -> distinctValues(random);
    };
  }

  private Array64 distinctValues(Philox random) {
    int n = Math.toIntExact(shape.size());
    int[] order = new int[n];
    java.util.Arrays.setAll(order, i -> i);
    random.shuffle(order);
    return Array64.of(shape, i -> (order[i] - n / 2 + 0.5) / 64);
  }
}
