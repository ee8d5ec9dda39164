package io.auxgrad.mtl.tasks;

import io.auxgrad.autograd.LossGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.mtl.metrics.SegmentationMetric;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Semantic segmentation: a logit for each class, softmax cross-entropy; pixels labelled -1 are left
 * out. The prediction is the logits; the largest one is the class.
 */
public final class SegmentationTask implements Task {
  private final int classes;
  private final float[] weightsOrNull;

  /** For labels {@code 0..classes-1}, all of the same weight. */
  public SegmentationTask(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("segmentation: needs at least 2 classes, got " + classes);
    }
    this.classes = classes;
    this.weightsOrNull = null;
  }

  /**
   * For labels {@code 0..weights.length-1}: a pixel of class {@code k} counts {@code weights[k]}
   * times in the loss, which is divided by the sum of the weights.
   */
  public SegmentationTask(float[] weights) {
    this.classes = weights.length;
    this.weightsOrNull = weights.clone();
  }

  @Override
  public String name() {
    return "segmentation";
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public Kind kind() {
    return Kind.CLASSIFICATION;
  }

  @Override
  public Variable loss(Variable output, Batch batch) {
    Tensor labels = Labels.require(batch.classes(), name());
    Tensor weights =
        weightsOrNull == null ? null : Tensor.of(labels.memory(), Shape.of(classes), weightsOrNull);
    return LossGradients.upsampledCrossEntropy(output, labels, SegmentationMetric.IGNORE, weights);
  }

  @Override
  public Tensor predict(Tensor output, int height, int width) {
    return Labels.resize(output, height, width);
  }

  @Override
  public Metric newMetric(DeviceMemory memory) {
    return new SegmentationMetric(memory, classes);
  }

  /** Predicts the class of most training pixels. */
  @Override
  public TrivialPredictor newTrivialPredictor() {
    return new MajorityClass(classes, name());
  }
}
