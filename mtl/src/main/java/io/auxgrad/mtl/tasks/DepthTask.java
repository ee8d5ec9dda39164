package io.auxgrad.mtl.tasks;

import io.auxgrad.autograd.LossGradients;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.metrics.DepthMetric;
import io.auxgrad.mtl.metrics.Metric;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.LossOps.Penalty;

/**
 * Depth: the network puts out metres as they are, without logarithm or scale, as the light-weight
 * RefineNet does. The loss is a mean penalty over the pixels with valid depth; predictions are
 * raised to {@value DepthMetric#MINIMUM} m at least.
 */
public final class DepthTask implements Task {
  private final Penalty penalty;

  /** With L1, L2 or reverse Huber loss. */
  public DepthTask(Penalty penalty) {
    this.penalty = penalty;
  }

  @Override
  public String name() {
    return "depth";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Kind kind() {
    return Kind.REGRESSION;
  }

  @Override
  public Variable loss(Variable output, Batch batch) {
    Tensor depth = Labels.require(batch.depth(), name());
    return LossGradients.upsampledRegression(penalty, output, depth, batch.depthMask());
  }

  /** Metres. */
  @Override
  public Tensor predict(Tensor output, int height, int width) {
    Backend backend = Backends.of(output);
    try (TensorScope scope = TensorScope.open()) {
      Tensor metres = Labels.resize(output, height, width);
      Tensor minimum = Tensor.of(output.memory(), Shape.of(1), DepthMetric.MINIMUM);
      return scope.keep(backend.pointwise().binary(BinaryOp.MAXIMUM, metres, minimum));
    }
  }

  @Override
  public Metric newMetric(DeviceMemory memory) {
    return new DepthMetric(memory);
  }

  /** Predicts the mean depth of the training pixels. */
  @Override
  public TrivialPredictor newTrivialPredictor() {
    return new MeanDepth(name());
  }
}
