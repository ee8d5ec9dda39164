package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Losses over pixels: the mean over the valid ones, with the gradient of that mean in the same
 * pass.
 *
 * <p>Where no pixel is valid, the loss and its gradient are 0.
 */
public abstract class LossOps {
  /**
   * {@code loss} is a float32 scalar; {@code gradient} has the prediction's shape and type, or is
   * null if not asked for.
   */
  public record Result(Tensor loss, Tensor gradient) {}

  /** Penalties on {@code e = prediction - target}. */
  public enum Penalty {
    /** {@code |e|}. */
    L1,
    /** {@code e^2}. */
    L2,
    /**
     * Reverse Huber (Laina et al., 2016): {@code |e|} up to {@code c}, {@code (e^2 + c^2) / (2c)}
     * above, with {@code c} a fifth of the largest valid {@code |e|} of the batch, taken as a
     * constant in the gradient.
     */
    BERHU
  }

  /**
   * Softmax cross-entropy: {@code sum_i w[label_i] * -log softmax(logits_i)[label_i] / sum_i
   * w[label_i]} over the pixels whose label is not {@code ignoreIndex}.
   *
   * @param logits {@code [..., K]}, float32 or bfloat16
   * @param labels int32 {@code [...]}, each in {@code [0,K)} or {@code ignoreIndex}
   * @param classWeights {@code [K]}, or null for 1
   */
  public final Result crossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, boolean withGradient) {
    String op = "cross-entropy";
    Checks.activation(op, "logits", logits);
    Checks.channels(op, "logits", logits);
    Checks.dtype(op, "labels", labels, DType.INT32);
    Shape expected = logits.shape();
    Checks.require(
        labels.shape().rank() + 1 == expected.rank()
            && labels.size() * expected.dim(-1) == logits.size()
            && labels
                .shape()
                .equals(Shape.of(java.util.Arrays.copyOf(expected.dims(), expected.rank() - 1))),
        op,
        "logits %s need labels of the same shape without the last axis, got %s",
        expected,
        labels.shape());
    if (classWeights != null) {
      Checks.perChannel(op, "class weights", classWeights, expected.dim(-1));
    }
    Result result = allocate(logits, withGradient);
    Launch.run(
        "loss.crossEntropy",
        () -> runCrossEntropy(logits, labels, ignoreIndex, classWeights, result),
        logits,
        labels,
        classWeights,
        result.loss(),
        result.gradient());
    return result;
  }

  /**
   * Mean penalty over the valid elements.
   *
   * @param prediction float32 or bfloat16, any shape
   * @param target float32, the same shape
   * @param mask uint8 of the same size, not 0 where valid; null if all are
   */
  public final Result regression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, boolean withGradient) {
    String op = "regression loss";
    Checks.activation(op, "prediction", prediction);
    Checks.floating(op, "target", target);
    Checks.sameShape(op, "prediction", prediction, "target", target);
    checkMask(op, mask, prediction.size());
    Result result = allocate(prediction, withGradient);
    Launch.run(
        "loss.regression",
        () -> runRegression(penalty, prediction, target, mask, result),
        prediction,
        target,
        mask,
        result.loss(),
        result.gradient());
    return result;
  }

  /**
   * {@code 1 - cos(prediction, target)}, averaged over the valid rows; the prediction need not be
   * of unit length.
   *
   * @param prediction {@code [..., 3]}, float32 or bfloat16
   * @param target float32, the same shape, unit vectors
   * @param mask uint8, one per row, not 0 where valid; null if all are
   */
  public final Result cosine(Tensor prediction, Tensor target, Tensor mask, boolean withGradient) {
    String op = "cosine loss";
    Checks.activation(op, "prediction", prediction);
    Checks.channels(op, "prediction", prediction);
    Checks.floating(op, "target", target);
    Checks.sameShape(op, "prediction", prediction, "target", target);
    checkMask(op, mask, prediction.shape().rows());
    Result result = allocate(prediction, withGradient);
    Launch.run(
        "loss.cosine",
        () -> runCosine(prediction, target, mask, result),
        prediction,
        target,
        mask,
        result.loss(),
        result.gradient());
    return result;
  }

  /**
   * {@link #crossEntropy} of the logits brought to the labels' size, bilinearly with half-pixel
   * centres as in {@link ResizeOps}; nothing of that size is stored. Made for logits that are
   * coarser than their labels; right for any sizes.
   *
   * @param logits {@code [N,h,w,K]}, float32 or bfloat16
   * @param labels int32 {@code [N,H,W]}, each in {@code [0,K)} or {@code ignoreIndex}
   * @param classWeights {@code [K]}, or null for 1
   * @return with the gradient {@code [N,h,w,K]} of the logits as they came
   */
  public final Result upsampledCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, boolean withGradient) {
    String op = "upsampled cross-entropy";
    Checks.activationImage(op, "logits", logits);
    Checks.dtype(op, "labels", labels, DType.INT32);
    Checks.rank(op, "labels", labels, 3);
    checkSameImages(op, "logits", logits, "labels", labels);
    if (classWeights != null) {
      Checks.perChannel(op, "class weights", classWeights, logits.shape().dim(3));
    }
    Result result = allocate(logits, withGradient);
    Launch.run(
        "loss.upsampledCrossEntropy",
        () -> runUpsampledCrossEntropy(logits, labels, ignoreIndex, classWeights, result),
        logits,
        labels,
        classWeights,
        result.loss(),
        result.gradient());
    return result;
  }

  /**
   * {@link #regression} of the prediction brought to the target's size, bilinearly with half-pixel
   * centres as in {@link ResizeOps}; nothing of that size is stored. Made for predictions that are
   * coarser than their targets; right for any sizes.
   *
   * @param prediction {@code [N,h,w,C]}, float32 or bfloat16
   * @param target {@code [N,H,W,C]}, float32
   * @param mask uint8 of the target's size, not 0 where valid; null if all are
   * @return with the gradient {@code [N,h,w,C]} of the prediction as it came
   */
  public final Result upsampledRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, boolean withGradient) {
    String op = "upsampled regression loss";
    checkCoarse(op, prediction, target);
    checkMask(op, mask, target.size());
    Result result = allocate(prediction, withGradient);
    Launch.run(
        "loss.upsampledRegression",
        () -> runUpsampledRegression(penalty, prediction, target, mask, result),
        prediction,
        target,
        mask,
        result.loss(),
        result.gradient());
    return result;
  }

  /**
   * {@link #cosine} of the prediction brought to the target's size, bilinearly with half-pixel
   * centres as in {@link ResizeOps}; nothing of that size is stored. Made for predictions that are
   * coarser than their targets; right for any sizes.
   *
   * @param prediction {@code [N,h,w,3]}, float32 or bfloat16
   * @param target {@code [N,H,W,3]}, float32, unit vectors
   * @param mask uint8, one per pixel of the target, not 0 where valid; null if all are
   * @return with the gradient {@code [N,h,w,3]} of the prediction as it came
   */
  public final Result upsampledCosine(
      Tensor prediction, Tensor target, Tensor mask, boolean withGradient) {
    String op = "upsampled cosine loss";
    checkCoarse(op, prediction, target);
    checkMask(op, mask, target.shape().rows());
    Result result = allocate(prediction, withGradient);
    Launch.run(
        "loss.upsampledCosine",
        () -> runUpsampledCosine(prediction, target, mask, result),
        prediction,
        target,
        mask,
        result.loss(),
        result.gradient());
    return result;
  }

  private static void checkCoarse(String op, Tensor prediction, Tensor target) {
    Checks.activationImage(op, "prediction", prediction);
    Checks.image(op, "target", target);
    checkSameImages(op, "prediction", prediction, "target", target);
    Checks.require(
        prediction.shape().dim(3) == target.shape().dim(3),
        op,
        "prediction %s and target %s differ in channels",
        prediction.shape(),
        target.shape());
  }

  private static void checkSameImages(
      String op, String coarseName, Tensor coarse, String fineName, Tensor fine) {
    Checks.require(
        coarse.shape().dim(0) == fine.shape().dim(0),
        op,
        "%s %s and %s %s differ in the number of images",
        coarseName,
        coarse.shape(),
        fineName,
        fine.shape());
    for (Tensor t : new Tensor[] {coarse, fine}) {
      Checks.require(
          t.shape().dim(1) > 0 && t.shape().dim(2) > 0,
          op,
          "%s %s has no pixels",
          t == coarse ? coarseName : fineName,
          t.shape());
    }
  }

  private static void checkMask(String op, Tensor mask, long size) {
    if (mask != null) {
      Checks.dtype(op, "mask", mask, DType.UINT8);
      Checks.require(mask.size() == size, op, "mask %s needs %d elements", mask.shape(), size);
    }
  }

  private static Result allocate(Tensor prediction, boolean withGradient) {
    Tensor loss = Tensor.empty(prediction.memory(), DType.FLOAT32, Shape.scalar());
    return new Result(
        loss,
        withGradient
            ? Tensor.empty(prediction.memory(), prediction.dtype(), prediction.shape())
            : null);
  }

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result);

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result);

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runCosine(Tensor prediction, Tensor target, Tensor mask, Result result);

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runUpsampledCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result);

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runUpsampledRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result);

  /** Writes {@code result.loss} and, unless null, {@code result.gradient}. */
  protected abstract void runUpsampledCosine(
      Tensor prediction, Tensor target, Tensor mask, Result result);
}
