package io.auxgrad.mtl.tasks;

import io.auxgrad.autograd.LossGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.mtl.metrics.NormalsMetric;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;

/**
 * Surface normals: a vector in the camera frame (x right, y down, z forward), of any length; the
 * loss is the mean of {@code 1 - cos} over the pixels with a valid normal. Predictions are of unit
 * length.
 */
public final class NormalsTask implements Task {
  @Override
  public String name() {
    return "normals";
  }

  @Override
  public int outputs() {
    return 3;
  }

  @Override
  public Kind kind() {
    return Kind.REGRESSION;
  }

  @Override
  public Variable loss(Variable output, Batch batch) {
    Tensor normals = Labels.require(batch.normals(), name());
    return LossGradients.upsampledCosine(output, normals, batch.normalsMask());
  }

  /** Unit vectors; zero where the network put out zero. */
  @Override
  public Tensor predict(Tensor output, int height, int width) {
    try (TensorScope scope = TensorScope.open()) {
      Tensor vectors = Labels.resize(output, height, width);
      return scope.keep(Backends.of(output).reduction().unitVectors(vectors));
    }
  }

  @Override
  public Metric newMetric(DeviceMemory memory) {
    return new NormalsMetric(memory);
  }

  /** Predicts the direction of the mean of the training normals. */
  @Override
  public TrivialPredictor newTrivialPredictor() {
    return new MeanNormal(name());
  }
}
