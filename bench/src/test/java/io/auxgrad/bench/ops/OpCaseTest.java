package io.auxgrad.bench.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.work.NetworkKind;
import io.auxgrad.bench.work.TrainingStep;
import io.auxgrad.bench.work.Workload;
import io.auxgrad.nn.Precision;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The cases are ops that a training step of the network really does, at its sizes. */
final class OpCaseTest {
  // ResNet's pooling, what only bfloat16 needs, and what other ops do in their passes.
  private static final Set<OpCase> NOT_IN_THIS_STEP =
      EnumSet.of(OpCase.MAX_POOL_3, OpCase.MAX_POOL_3_GRADIENT, OpCase.CAST, OpCase.RELU6);

  @Test
  void aTrainingStepHasEachOfThem() {
    Set<String> done = new HashSet<>();
    try (TrainingStep step =
        new TrainingStep(Workload.of(NetworkKind.MOBILENETV2, Precision.FP32, "4x120x160"))) {
      step.run();
      Launch.listen(record(done), step::run);
    }
    for (OpCase op : EnumSet.complementOf(EnumSet.copyOf(NOT_IN_THIS_STEP))) {
      String launch = launchOf(op);
      assertTrue(done.contains(launch), op + " runs " + launch + ", which no step does");
    }
  }

  private static String launchOf(OpCase op) {
    Set<String> launches = new HashSet<>();
    try (var _ = TensorScope.open()) {
      Runnable run = AuxgradOps.prepare(op.op());
      Launch.listen(record(launches), run);
    }
    assertTrue(launches.size() == 1, op + " runs " + launches);
    return launches.iterator().next();
  }

  private static Launch.Listener record(Set<String> into) {
    return (name, kernel, operands) -> {
      kernel.run();
      into.add(name + Arrays.toString(shapes(operands)));
    };
  }

  // The optimiser takes hundreds of tensors, in any order. Vectors, such as a bias, hardly cost.
  private static String[] shapes(Tensor... operands) {
    return Arrays.stream(operands)
        .filter(t -> t != null && t.shape().rank() > 1)
        .map(t -> t.dtype() + t.shape().toString())
        .sorted()
        .toArray(String[]::new);
  }
}
