package io.auxgrad.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.nn.Context;
import io.auxgrad.nn.NoLeaks;
import io.auxgrad.nn.state.Safetensors;
import io.auxgrad.nn.state.SafetensorsFile;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class OptimizerStateTest {
  private final Context context = Context.cpu(0);
  private final Philox random = new Philox(9, 0);

  @Test
  void stateIsNamedByKindGroupAndParameter() {
    try (Weights weights = new Weights(context);
        Optimizer adam = new Adam(groups(weights))) {
      assertTrue(adam.tensors().isEmpty());
      Weights.setGradient(weights.a, draw(12));
      adam.step();
      assertEquals(
          Set.of("mean.first.a", "square.first.a", "steps.first.a"), adam.tensors().keySet());
      assertEquals(1, adam.tensors().get("steps.first.a").toInts()[0]);
      assertEquals(1, adam.steps());
    }
  }

  @Test
  void resumedOptimisersGoOnWithTheSameBytes(@TempDir Path folder) throws IOException {
    List<Function<List<ParameterGroup>, Optimizer>> makers =
        List.of(g -> new Sgd(g, 0.9), g -> new Sgd(g, 0), Adam::new, AdamW::new);
    for (var maker : makers) {
      try (Weights first = new Weights(context);
          Weights second = new Weights(context);
          Optimizer uninterrupted = maker.apply(groups(first));
          Optimizer resumed = maker.apply(groups(second))) {
        steps(uninterrupted, first, 0, 4);
        second.a.value().set(first.a.value().toFloats());
        second.b.value().set(first.b.value().toFloats());
        Path file = folder.resolve("state.safetensors");
        Safetensors.write(file, uninterrupted.tensors(), Map.of());
        load(resumed, file, uninterrupted.steps());
        steps(uninterrupted, first, 4, 4);
        steps(resumed, second, 4, 4);
        assertArrayEquals(first.a.value().toFloats(), second.a.value().toFloats());
        assertArrayEquals(first.b.value().toFloats(), second.b.value().toFloats());
        assertEquals(8, resumed.steps());
      }
    }
  }

  @Test
  void stateThatDoesNotFitChangesNothing() {
    try (Weights weights = new Weights(context);
        Optimizer adam = new Adam(groups(weights));
        var _ = TensorScope.open()) {
      steps(adam, weights, 0, 2);
      float[] mean = adam.tensors().get("mean.first.a").toFloats();
      assertRejected(adam, "square.first.a", null, "is missing");
      assertRejected(
          adam,
          "mean.first.c",
          Tensor.of(context.memory(), Shape.of(1), 0),
          "belongs to no parameter");
      assertRejected(
          adam,
          "mean.second.b",
          Tensor.of(context.memory(), Shape.of(4), new float[4]),
          "expected FLOAT32 [5]");
      assertRejected(
          adam,
          "steps.second.b",
          Tensor.of(context.memory(), Shape.scalar(), 1),
          "expected INT32 []");
      Tensor zero = Tensor.ofInts(context.memory(), Shape.scalar(), 0);
      assertRejected(adam, "steps.second.b", zero, "is 0");
      assertThrows(IllegalArgumentException.class, () -> adam.load(Map.of(), -1));
      assertArrayEquals(mean, adam.tensors().get("mean.first.a").toFloats());
      assertEquals(2, adam.steps());
    }
  }

  @Test
  void schedulesScaleEachGroupFromItsBase() {
    try (Weights weights = new Weights(context);
        Optimizer sgd = new Sgd(groups(weights), 0)) {
      sgd.scaleLearningRates(0.5);
      sgd.scaleLearningRates(0.1);
      assertEquals(0.1 * 0.1, sgd.groups().get(0).learningRate());
      assertEquals(0.1 * 0.02, sgd.groups().get(1).learningRate());
      assertEquals(0.02, sgd.groups().get(1).baseLearningRate());
    }
  }

  @Test
  void badGroupsAndSettingsAreRejected() {
    try (Weights weights = new Weights(context)) {
      ParameterGroup a = weights.groupOfA(0.1, 0);
      ParameterGroup twice = new ParameterGroup("other", Map.of("a", weights.a), 0.1, 0);
      assertThrows(IllegalArgumentException.class, () -> new Sgd(List.of(a, a), 0));
      assertThrows(IllegalArgumentException.class, () -> new Sgd(List.of(a, twice), 0));
      assertThrows(IllegalArgumentException.class, () -> new Sgd(List.of(a), 1));
      assertThrows(IllegalArgumentException.class, () -> new Sgd(List.of(a), 0, 0, true));
      assertThrows(IllegalArgumentException.class, () -> new Adam(List.of(a), 0.9, 1, 1e-8));
      assertThrows(IllegalArgumentException.class, () -> weights.groupOfA(-1, 0));
      assertThrows(IllegalArgumentException.class, () -> weights.groupOfA(Double.NaN, 0));
    }
  }

  private void assertRejected(
      Optimizer optimizer, String name, Tensor replacement, String because) {
    Map<String, Tensor> tensors = new HashMap<>(optimizer.tensors());
    if (replacement == null) {
      tensors.remove(name);
    } else {
      tensors.put(name, replacement);
    }
    var error = assertThrows(IllegalArgumentException.class, () -> optimizer.load(tensors, 1));
    assertTrue(
        error.getMessage().contains(name) && error.getMessage().contains(because),
        error.getMessage());
  }

  private void load(Optimizer optimizer, Path file, long steps) throws IOException {
    try (SafetensorsFile saved = Safetensors.open(file);
        var _ = TensorScope.open()) {
      Map<String, Tensor> tensors = new HashMap<>();
      for (var entry : saved.entries().entrySet()) {
        assertTrue(
            List.of(DType.FLOAT32, DType.INT32).contains(entry.getValue().type().orElseThrow()));
        tensors.put(entry.getKey(), saved.read(entry.getKey(), context.memory()));
      }
      optimizer.load(tensors, steps);
    }
  }

  // The gradients depend on the step alone; b joins at the third.
  private void steps(Optimizer optimizer, Weights weights, int from, int count) {
    for (int step = from; step < from + count; step++) {
      random.seek(100L * step);
      Weights.setGradient(weights.a, draw(12));
      if (step >= 1) {
        Weights.setGradient(weights.b, draw(5));
      }
      optimizer.step();
      optimizer.zeroGradients();
    }
  }

  private float[] draw(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  private static List<ParameterGroup> groups(Weights weights) {
    return List.of(weights.groupOfA(0.1, 0.01), weights.groupOfB(0.02, 0));
  }
}
