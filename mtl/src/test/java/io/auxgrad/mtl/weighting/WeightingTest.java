package io.auxgrad.mtl.weighting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.mtl.NoLeaks;
import io.auxgrad.mtl.tasks.DepthTask;
import io.auxgrad.mtl.tasks.SegmentationTask;
import io.auxgrad.mtl.tasks.Task;
import io.auxgrad.nn.Context;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The values and stationary points of the weightings, from their formulas. */
@ExtendWith(NoLeaks.class)
final class WeightingTest {
  private static final List<Task> TASKS =
      List.of(new SegmentationTask(3), new DepthTask(Penalty.L1));

  private static Map<String, Variable> losses(float segmentation, float depth) {
    Map<String, Variable> losses = new LinkedHashMap<>();
    losses.put("segmentation", scalar(segmentation));
    losses.put("depth", scalar(depth));
    return losses;
  }

  private static Variable scalar(float value) {
    return Variable.constant(Tensor.of(Backends.cpu().memory(), Shape.scalar(), value));
  }

  /** The total for the two losses, and the gradients of the two learned scalars. */
  private static float[] run(Weighting weighting, float segmentation, float depth) {
    try (Tape tape = Tape.open()) {
      Variable total = weighting.combine(losses(segmentation, depth));
      float value = total.value().item();
      tape.backward(total);
      return new float[] {
        value,
        weighting.parameters().get("segmentation").gradient().item(),
        weighting.parameters().get("depth").gradient().item()
      };
    } finally {
      weighting.zeroGradients();
    }
  }

  private static void set(Weighting weighting, double segmentation, double depth) {
    weighting.parameters().get("segmentation").value().set((float) segmentation);
    weighting.parameters().get("depth").value().set((float) depth);
  }

  @Test
  void boundedGivesThePublishedValue() {
    try (Weighting weighting = new BoundedWeighting(Context.cpu(1), TASKS)) {
      assertEquals(2.2862945f, run(weighting, 1.0f, 0.8f)[0], 1e-6f);
      assertEquals(Map.of("segmentation", 0.5, "depth", 0.5), weighting.weights());
    }
  }

  @Test
  void boundedIsStationaryWhereTheFormulaSays() {
    try (Weighting weighting = new BoundedWeighting(Context.cpu(1), TASKS)) {
      set(weighting, Math.sqrt(bestSquare(1.7)), Math.sqrt(bestSquare(0.02)));
      float[] result = run(weighting, 1.7f, 0.02f);
      assertEquals(0, result[1], 1e-5);
      assertEquals(0, result[2], 1e-4);
      set(weighting, 1.3, 0.4);
      float[] elsewhere = run(weighting, 1.7f, 0.02f);
      assertTrue(elsewhere[0] > result[0]);
      assertEquals(-1.7 / Math.pow(1.3, 3) + 2 * 1.3 / (1 + 1.3 * 1.3), elsewhere[1], 1e-5);
    }
  }

  private static double bestSquare(double loss) {
    return (loss + Math.sqrt(loss * loss + 8 * loss)) / 4;
  }

  @Test
  void boundedStaysPositive() {
    try (Weighting weighting = new BoundedWeighting(Context.cpu(1), TASKS)) {
      set(weighting, 1e-2, 1e-2);
      assertTrue(run(weighting, 0, 1e-6f)[0] > 0);
    }
  }

  @Test
  void uncertaintyTellsClassificationFromRegression() {
    try (Weighting weighting = new UncertaintyWeighting(Context.cpu(1), TASKS)) {
      assertEquals(3 + 0.5f * 5, run(weighting, 3, 5)[0], 1e-6);
      set(weighting, 0.4, -0.7);
      float[] result = run(weighting, 3, 5);
      double segmentation = 3 * Math.exp(-0.4);
      double depth = 0.5 * 5 * Math.exp(0.7);
      assertEquals(segmentation + 0.2 + depth - 0.35, result[0], 1e-5);
      assertEquals(-segmentation + 0.5, result[1], 1e-5);
      assertEquals(-depth + 0.5, result[2], 1e-5);
      assertEquals(Math.exp(-0.4), weighting.weights().get("segmentation"), 1e-6);
      assertEquals(0.5 * Math.exp(0.7), weighting.weights().get("depth"), 1e-6);
    }
  }

  @Test
  void uncertaintyIsStationaryAtTheVarianceOfTheLoss() {
    try (Weighting weighting = new UncertaintyWeighting(Context.cpu(1), TASKS)) {
      set(weighting, Math.log(2 * 0.3), Math.log(5));
      float[] result = run(weighting, 0.3f, 5);
      assertEquals(0, result[1], 1e-6);
      assertEquals(0, result[2], 1e-6);
    }
  }

  @Test
  void fixedMultiplies() {
    try (Weighting weighting = new FixedWeighting(Map.of("segmentation", 0.5, "depth", 2.0));
        Tape _ = Tape.open()) {
      assertEquals(0.5f * 3 + 2 * 5, weighting.combine(losses(3, 5)).value().item());
      assertTrue(weighting.parameters().isEmpty());
    }
  }

  @Test
  void anotherSetOfTasksIsRefused() {
    try (Weighting weighting = new FixedWeighting(Map.of("depth", 1.0));
        Tape _ = Tape.open()) {
      Map<String, Variable> losses = losses(1, 1);
      var e = assertThrows(IllegalArgumentException.class, () -> weighting.combine(losses));
      assertEquals(
          "weighting: made for the tasks [depth], got losses of [segmentation, depth]",
          e.getMessage());
    }
    Map<String, Double> negative = Map.of("depth", -1.0);
    var e = assertThrows(IllegalArgumentException.class, () -> new FixedWeighting(negative));
    assertEquals("weight -1.0 of task depth must be finite and not negative", e.getMessage());
  }
}
