package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps;
import io.auxgrad.tensor.ops.PointwiseOps;

/**
 * Losses over pixels, each a scalar of rank 0: the mean over the valid ones; 0 where none is valid.
 * The gradient is computed with the loss, so the prediction is not needed any more afterwards.
 */
public final class LossGradients {
  private LossGradients() {}

  /**
   * Softmax cross-entropy.
   *
   * @param logits {@code [..., K]}, float32 or bfloat16
   * @param labels int32 {@code [...]}, each in {@code [0,K)} or {@code ignoreIndex}
   * @param ignoreIndex label of pixels that do not count
   * @param classWeights {@code [K]}, or null for 1
   */
  public static Variable crossEntropy(
      Variable logits, Tensor labels, int ignoreIndex, Tensor classWeights) {
    return loss(
        logits,
        logits
            .backend()
            .loss()
            .crossEntropy(logits.value(), labels, ignoreIndex, classWeights, Tape.tracks(logits)));
  }

  /**
   * A penalty on the difference of prediction and target.
   *
   * @param prediction float32 or bfloat16, any shape
   * @param target float32, the same shape
   * @param mask uint8 of the same size, not 0 where valid; null if all are
   */
  public static Variable regression(
      LossOps.Penalty penalty, Variable prediction, Tensor target, Tensor mask) {
    return loss(
        prediction,
        prediction
            .backend()
            .loss()
            .regression(penalty, prediction.value(), target, mask, Tape.tracks(prediction)));
  }

  /**
   * {@code 1 - cos(prediction, target)}.
   *
   * @param prediction {@code [..., 3]}, float32 or bfloat16, of any length
   * @param target float32, the same shape, unit vectors
   * @param mask uint8, one per row, not 0 where valid; null if all are
   */
  public static Variable cosine(Variable prediction, Tensor target, Tensor mask) {
    return loss(
        prediction,
        prediction
            .backend()
            .loss()
            .cosine(prediction.value(), target, mask, Tape.tracks(prediction)));
  }

  /**
   * {@link #crossEntropy} of the logits brought to the labels' size, bilinearly with half-pixel
   * centres, as {@link ResizeGradients#bilinear} would; neither they nor their gradient are stored
   * at that size.
   *
   * @param logits {@code [N,h,w,K]}
   * @param labels int32 {@code [N,H,W]}, each in {@code [0,K)} or {@code ignoreIndex}
   * @param ignoreIndex label of pixels that do not count
   * @param classWeights {@code [K]}, or null for 1
   */
  public static Variable upsampledCrossEntropy(
      Variable logits, Tensor labels, int ignoreIndex, Tensor classWeights) {
    return loss(
        logits,
        logits
            .backend()
            .loss()
            .upsampledCrossEntropy(
                logits.value(), labels, ignoreIndex, classWeights, Tape.tracks(logits)));
  }

  /**
   * {@link #regression} of the prediction brought to the target's size, as in {@link
   * #upsampledCrossEntropy}.
   *
   * @param prediction {@code [N,h,w,C]}
   * @param target {@code [N,H,W,C]}
   * @param mask uint8 of the target's size, not 0 where valid; null if all are
   */
  public static Variable upsampledRegression(
      LossOps.Penalty penalty, Variable prediction, Tensor target, Tensor mask) {
    return loss(
        prediction,
        prediction
            .backend()
            .loss()
            .upsampledRegression(
                penalty, prediction.value(), target, mask, Tape.tracks(prediction)));
  }

  /**
   * {@link #cosine} of the prediction brought to the target's size, as in {@link
   * #upsampledCrossEntropy}.
   *
   * @param prediction {@code [N,h,w,3]}, of any length
   * @param target {@code [N,H,W,3]}, unit vectors
   * @param mask uint8, one per pixel of the target, not 0 where valid; null if all are
   */
  public static Variable upsampledCosine(Variable prediction, Tensor target, Tensor mask) {
    return loss(
        prediction,
        prediction
            .backend()
            .loss()
            .upsampledCosine(prediction.value(), target, mask, Tape.tracks(prediction)));
  }

  private static Variable loss(Variable prediction, LossOps.Result result) {
    PointwiseOps pointwise = prediction.backend().pointwise();
    Variable loss =
        Tape.record(
            result.loss(),
            saver -> {
              Tensor gradient = saver.save(result.gradient());
              return (dy, into) ->
                  into.add(
                      prediction,
                      () -> {
                        Tensor scaled = into.overwritable(gradient);
                        pointwise.scaleBy(scaled, dy);
                        return scaled;
                      });
            },
            prediction);
    if (result.gradient() != null) {
      result.gradient().close();
    }
    return loss;
  }
}
