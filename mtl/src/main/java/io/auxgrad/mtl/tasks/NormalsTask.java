package io.auxgrad.mtl.tasks;

import io.auxgrad.autograd.LossGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.mtl.metrics.NormalsMetric;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.PointwiseOps;
import io.auxgrad.tensor.ops.ReductionOps;
import io.auxgrad.tensor.ops.UnaryOp;

/**
 * Surface normals: a vector in the camera frame (x right, y down, z forward), of any length; the
 * loss is the mean of {@code 1 - cos} over the pixels with a valid normal. Predictions are of unit
 * length.
 */
public final class NormalsTask implements Task {
  private static final float TINY = 1e-20f;

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
    PointwiseOps pointwise = Backends.of(output).pointwise();
    ReductionOps reduction = Backends.of(output).reduction();
    try (TensorScope scope = TensorScope.open()) {
      Tensor vectors = Labels.resize(output, height, width);
      Tensor squares =
          reduction.reduce(ReductionOps.Kind.SUM, pointwise.unary(UnaryOp.SQUARE, vectors), 3);
      Tensor lengths = pointwise.unary(UnaryOp.SQRT, pointwise.affine(squares, 1, TINY));
      return scope.keep(pointwise.binary(BinaryOp.DIVIDE, vectors, lengths));
    }
  }

  @Override
  public Metric newMetric() {
    return new NormalsMetric();
  }

  /** Predicts the direction of the mean of the training normals. */
  @Override
  public TrivialPredictor newTrivialPredictor() {
    return new MeanNormal(name());
  }
}
