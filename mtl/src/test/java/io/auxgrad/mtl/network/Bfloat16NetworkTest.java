package io.auxgrad.mtl.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.Batches;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.data.Batch;
import io.auxgrad.mtl.weighting.FixedWeighting;
import io.auxgrad.nn.Precision;
import io.auxgrad.nn.optim.Adam;
import io.auxgrad.nn.optim.ParameterGroup;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A network in bfloat16 beside the same one in float32. */
@ExtendWith(NoLeaks.class)
final class Bfloat16NetworkTest {
  private static final AuxiliaryOptions AUXILIARY = AuxiliaryOptions.standard(8);
  private static final Map<String, Double> WEIGHTS =
      Map.of("segmentation", 1.0, "depth", 0.5, "normals", 2.0);

  private static MultiTaskNetwork network(Precision precision) {
    MultiTaskNetwork network = Networks.narrow(3, AUXILIARY);
    network.precision(precision);
    return network;
  }

  private static Batch batch() {
    return Batches.rectangles(4, 64, 96, 5, 1);
  }

  private static Losses losses(MultiTaskNetwork network, Batch batch) {
    var loss = new MultiTaskLoss(Networks.tasks(5, Penalty.BERHU), new FixedWeighting(WEIGHTS), 1);
    return loss.of(network.forward(Variable.constant(batch.images())), batch);
  }

  private static Map<String, float[]> outputs(Precision precision) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (var network = network(precision);
        Batch batch = batch();
        var _ = TensorScope.open()) {
      Outputs outputs = network.forward(Variable.constant(batch.images()));
      outputs
          .main()
          .forEach((task, v) -> {
            assertEquals(DType.FLOAT32, v.dtype(), task);
            values.put(task, v.value().toFloats());
          });
      outputs
          .auxiliary()
          .forEach((task, v) -> {
            assertEquals(DType.FLOAT32, v.dtype(), task);
            values.put(task + "'", v.value().toFloats());
          });
    }
    return values;
  }

  private static Map<String, float[]> gradients(Precision precision) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (var network = network(precision);
        Batch batch = batch();
        Tape tape = Tape.open()) {
      tape.backward(losses(network, batch).total());
      network.parameters().forEach((name, p) -> values.put(name, p.gradient().toFloats()));
    }
    return values;
  }

  private static List<Double> course(Precision precision, int steps) {
    List<Double> course = new ArrayList<>();
    try (var network = network(precision);
        Batch batch = batch();
        var adam = new Adam(List.of(new ParameterGroup("all", network.parameters(), 1e-3, 0)))) {
      for (int step = 0; step < steps; step++) {
        adam.zeroGradients();
        try (Tape tape = Tape.open()) {
          Variable loss = losses(network, batch).total();
          tape.backward(loss);
          course.add((double) loss.value().item());
        }
        adam.step();
      }
    }
    return course;
  }

  @Test
  void outputsAreThoseOfFloat32WithinItsRounding() {
    Map<String, float[]> want = outputs(Precision.FP32);
    Map<String, float[]> got = outputs(Precision.BF16);
    want.forEach((task, values) -> assertAlike(task, values, got.get(task), 0.03));
  }

  @Test
  void gradientsPointTheSameWay() {
    Map<String, float[]> want = gradients(Precision.FP32);
    Map<String, float[]> got = gradients(Precision.BF16);
    want.forEach((name, values) -> assertAlike(name, values, got.get(name), 0.3));
    assertAlike("all", joined(want), joined(got), 0.1);
  }

  @Test
  void tenStepsLoseAsMuch() {
    List<Double> want = course(Precision.FP32, 10);
    List<Double> got = course(Precision.BF16, 10);
    for (int step = 0; step < want.size(); step++) {
      assertEquals(want.get(step), got.get(step), 0.01 * want.get(step), "step " + step);
    }
    assertTrue(got.getLast() < 0.9 * got.getFirst(), got.toString());
  }

  @Test
  void theSameStepsGiveTheSameBytes() {
    assertEquals(course(Precision.BF16, 3), course(Precision.BF16, 3));
  }

  @Test
  void outputsDoNotDependOnTheNumberOfThreads() {
    Backend backend = Backends.cpu();
    int threads = backend.threads();
    try {
      backend.setThreads(1);
      Map<String, float[]> one = outputs(Precision.BF16);
      backend.setThreads(2);
      outputs(Precision.BF16).forEach((task, v) -> assertArrayEquals(one.get(task), v, task));
    } finally {
      backend.setThreads(threads);
    }
  }

  @Test
  void theDeployedNetworkComputesInTheSame() {
    try (var network = network(Precision.BF16);
        Batch batch = batch();
        var deployed = network.deploy();
        var _ = TensorScope.open()) {
      network.train(false);
      assertEquals(Precision.BF16, deployed.precision());
      Variable images = Variable.constant(batch.images());
      var after = deployed.forward(images).main();
      network
          .forward(images)
          .main()
          .forEach((task, output) ->
              assertArrayEquals(
                  output.value().toFloats(), after.get(task).value().toFloats(), task));
    }
  }

  /** The distance of the two is at most {@code share} of the length of {@code want}. */
  private static void assertAlike(String name, float[] want, float[] got, double share) {
    double length = 0;
    double distance = 0;
    for (int i = 0; i < want.length; i++) {
      length += (double) want[i] * want[i];
      distance += Math.pow((double) got[i] - want[i], 2);
    }
    double off = Math.sqrt(distance / length);
    assertTrue(off <= share, () -> "%s is off by %.4f of its length".formatted(name, off));
  }

  private static float[] joined(Map<String, float[]> parts) {
    float[] all = new float[parts.values().stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (float[] part : parts.values()) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
