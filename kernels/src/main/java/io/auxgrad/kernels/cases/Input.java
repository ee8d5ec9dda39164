package io.auxgrad.kernels.cases;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;

/**
 * What an input of a case holds; the values are exact in the input's dtype.
 *
 * @param shape its shape
 * @param kind how values are drawn
 * @param low least value of {@link Kind#UNIFORM} and {@link Kind#LABELS}
 * @param high values of these two are below it
 * @param precision what floating-point values are rounded to
 */
public record Input(Shape shape, Kind kind, double low, double high, Precision precision) {
  /** What the numbers of floating-point inputs are rounded to, and their type. */
  public enum Precision {
    /** Float32. */
    FLOAT32,
    /** Bfloat16. */
    BFLOAT16,
    /** Float32 that holds numbers of bfloat16. */
    ROUNDED
  }

  /** How values are drawn. */
  public enum Kind {
    /** Evenly between {@code low} and {@code high}. */
    UNIFORM,
    /**
     * All values different, in float32 by at least 1/64, in random order: no ties, finite
     * differences see no kink. In bfloat16 only up to {@link #MOST_DISTINCT} of them.
     */
    DISTINCT,
    /** Whole numbers in {@code [low, high)}. */
    LABELS,
    /** Whole numbers in {@code [low, high)}, as uint8. */
    BYTES,
    /** Bytes 0 and 1, about three of four 1. */
    MASK
  }

  private static final int MOST_DISTINCT = 1600;

  Input(Shape shape, Kind kind, double low, double high) {
    this(shape, kind, low, high, Precision.FLOAT32);
  }

  /** The same with numbers that bfloat16 has; of that type if it is an {@code activation}. */
  Input inBfloat16(boolean activation) {
    return new Input(shape, kind, low, high, activation ? Precision.BFLOAT16 : Precision.ROUNDED);
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

  static Input bytes(int... dims) {
    return new Input(Shape.of(dims), Kind.BYTES, 0, 256);
  }

  static Input mask(int... dims) {
    return new Input(Shape.of(dims), Kind.MASK, 0, 0);
  }

  boolean differentiable() {
    return kind == Kind.UNIFORM || kind == Kind.DISTINCT;
  }

  Array64 draw(Philox random) {
    return switch (kind) {
      case UNIFORM -> floating(Array64.of(shape, i -> random.uniform((float) low, (float) high)));
      case LABELS -> wholeNumbers(random).as(DType.INT32);
      case BYTES -> wholeNumbers(random).as(DType.UINT8);
      case MASK -> Array64.of(shape, i -> random.nextInt(4) == 0 ? 0 : 1).as(DType.UINT8);
      case DISTINCT -> floating(distinctValues(random));
    };
  }

  private Array64 wholeNumbers(Philox random) {
    return Array64.of(shape, i -> low + random.nextInt((int) (high - low)));
  }

  private Array64 floating(Array64 values) {
    return switch (precision) {
      case FLOAT32 -> values;
      case BFLOAT16 -> values.roundedToBfloat16().as(DType.BFLOAT16);
      case ROUNDED -> values.roundedToBfloat16();
    };
  }

  private Array64 distinctValues(Philox random) {
    int n = Math.toIntExact(shape.size());
    int[] order = new int[n];
    java.util.Arrays.setAll(order, i -> i);
    random.shuffle(order);
    return precision == Precision.FLOAT32 || n > MOST_DISTINCT
        ? Array64.of(shape, i -> (order[i] - n / 2 + 0.5) / 64)
        : Array64.of(shape, i -> neighbour(order[i] - n / 2, n));
  }

  /**
   * Number {@code i} of {@code n} around 0, the largest being about 8: every other number that
   * bfloat16 has, so none of those where functions have kinks.
   */
  private static double neighbour(int i, int n) {
    int rank = i < 0 ? -1 - i : i;
    float magnitude = Float.intBitsToFloat(0x41010000 + 2 * (rank - n / 2) * 0x10000);
    return i < 0 ? -magnitude : magnitude;
  }
}
