package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Sums behind the figures of a split, made where the predictions are, so that a few numbers come to
 * the host instead of maps.
 *
 * <p>All is computed in float64, and added to what is there. Sums do not depend on how the images
 * were cut into batches, to the last bit; between devices they differ by the rounding of float64.
 * The CPU adds pixel by pixel, in their order.
 */
public abstract class MetricOps {
  /**
   * How many sums {@link #depth} makes. With {@code p} the prediction and {@code t} the target of a
   * valid pixel, in this order: the number of pixels; {@code |p - t| / t}; {@code (p - t)^2 / t};
   * {@code (p - t)^2}; {@code (ln p - ln t)^2}; {@code |log10 p - log10 t|}; and the numbers of
   * pixels with {@code max(p / t, t / p)} below 1.25, 1.25^2, 1.25^3.
   */
  public static final int DEPTH_SUMS = 9;

  /**
   * How many sums {@link #normals} makes, in this order: the number of valid pixels; their angles
   * in degrees; and the numbers of pixels whose angle is below 11.25, 22.5, 30 degrees.
   */
  public static final int NORMALS_SUMS = 5;

  /**
   * Adds the {@link #DEPTH_SUMS} of depth. A NaN makes the sums NaN and is within no limit.
   *
   * @param prediction {@code [N, ...]}, float32 or bfloat16; raised to {@code minimum} first
   * @param target float32, the same shape, positive where valid
   * @param mask uint8 of the same size, not 0 where valid; null if all are
   * @param minimum the least depth that is compared, positive
   * @param sums float64 {@code [}{@link #DEPTH_SUMS}{@code ]}, added to
   */
  public final void depth(
      Tensor prediction, Tensor target, Tensor mask, float minimum, Tensor sums) {
    String op = "depth sums";
    checkPair(op, prediction, target);
    checkMask(op, mask, prediction.size());
    Checks.require(minimum > 0, op, "minimum %s must be positive", minimum);
    checkSums(op, sums, DEPTH_SUMS);
    Launch.run(
        "metric.depth",
        () -> runDepth(prediction, target, mask, minimum, sums),
        prediction,
        target,
        mask,
        sums);
    sums.modified();
  }

  /**
   * Adds the {@link #NORMALS_SUMS} of normals, and counts the angles. Lengths do not matter; a zero
   * vector is off by 90 degrees. A NaN makes the sum of the angles NaN, is within no limit, and is
   * counted in bin 0.
   *
   * @param prediction {@code [N, ..., 3]}, float32 or bfloat16
   * @param target float32, the same shape
   * @param mask uint8, one per vector, not 0 where valid; null if all are
   * @param sums float64 {@code [}{@link #NORMALS_SUMS}{@code ]}, added to
   * @param histogram int32 {@code [B]}, added to: an angle counts in bin {@code floor(angle / (180
   *     / (B - 1)))}, computed in float64
   */
  public final void normals(
      Tensor prediction, Tensor target, Tensor mask, Tensor sums, Tensor histogram) {
    String op = "normals sums";
    checkPair(op, prediction, target);
    Checks.require(
        prediction.shape().rank() >= 2 && prediction.shape().dim(-1) == 3,
        op,
        "prediction %s must be [N,...,3]",
        prediction.shape());
    checkMask(op, mask, prediction.shape().rows());
    checkSums(op, sums, NORMALS_SUMS);
    Checks.countable(op, prediction.shape().rows());
    Checks.dtype(op, "histogram", histogram, DType.INT32);
    Checks.require(
        histogram.shape().rank() == 1 && histogram.size() >= 2,
        op,
        "histogram %s must be [B] with two bins or more",
        histogram.shape());
    Launch.run(
        "metric.normals",
        () -> runNormals(prediction, target, mask, sums, histogram),
        prediction,
        target,
        mask,
        sums,
        histogram);
    sums.modified();
    histogram.modified();
  }

  /**
   * Adds counts of a batch to those of a split, element by element. An int32 holds what one batch
   * may count; a float64 holds whole numbers up to 2^53 exactly.
   *
   * @param counts int32
   * @param sums float64 of the same shape, added to
   */
  public final void accumulate(Tensor counts, Tensor sums) {
    String op = "sums of counts";
    Checks.dtype(op, "counts", counts, DType.INT32);
    Checks.dtype(op, "sums", sums, DType.FLOAT64);
    Checks.sameShape(op, "counts", counts, "sums", sums);
    Checks.sameDevice(op, counts, sums);
    Launch.run("metric.accumulate", () -> runAccumulate(counts, sums), counts, sums);
    sums.modified();
  }

  private static void checkPair(String op, Tensor prediction, Tensor target) {
    Checks.activation(op, "prediction", prediction);
    Checks.floating(op, "target", target);
    Checks.sameShape(op, "prediction", prediction, "target", target);
    Checks.require(
        prediction.shape().rank() >= 1, op, "prediction %s must be [N,...]", prediction.shape());
  }

  private static void checkMask(String op, Tensor mask, long size) {
    if (mask != null) {
      Checks.dtype(op, "mask", mask, DType.UINT8);
      Checks.require(mask.size() == size, op, "mask %s needs %d elements", mask.shape(), size);
    }
  }

  private static void checkSums(String op, Tensor sums, int number) {
    Checks.dtype(op, "sums", sums, DType.FLOAT64);
    Checks.shape(op, "sums", sums, Shape.of(number));
  }

  /** Adds to {@code sums}. */
  protected abstract void runDepth(
      Tensor prediction, Tensor target, Tensor mask, float minimum, Tensor sums);

  /** Adds to {@code sums} and {@code histogram}. */
  protected abstract void runNormals(
      Tensor prediction, Tensor target, Tensor mask, Tensor sums, Tensor histogram);

  /** Adds to {@code sums}. */
  protected abstract void runAccumulate(Tensor counts, Tensor sums);
}
