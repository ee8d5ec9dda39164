package io.auxgrad.nn.optim;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.util.List;

/** The step that {@link Adam} and {@link AdamW} share. */
record AdamRule(double beta1, double beta2, double eps, boolean decoupled) {
  static final List<String> KINDS = List.of("mean", "square");

  AdamRule {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0)) {
      throw new IllegalArgumentException(
          "Adam: beta1 %s and beta2 %s must be in [0,1), eps %s positive"
              .formatted(beta1, beta2, eps));
    }
  }

  float[] numbers(ParameterGroup group, long number) {
    var settings =
        new OptimizerOps.Adam(
            (float) group.learningRate(),
            (float) beta1,
            (float) beta2,
            (float) eps,
            (float) group.weightDecay(),
            decoupled);
    return AdamStep.of(settings, number).numbers();
  }

  static void apply(StepBatch batch, Tensor numbers, Tensor verdictOrNull) {
    Backends.of(batch.values().getFirst())
        .optimizer()
        .adam(
            batch.values(),
            batch.gradients(),
            batch.remembered(0),
            batch.remembered(1),
            numbers,
            verdictOrNull);
  }
}
