package io.auxgrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.layers.BatchNorm;
import io.auxgrad.nn.layers.Linear;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ModuleTest {
  private final Context context = Context.cpu(11);

  private static final class Block extends Layer {
    private final Linear first;
    private final BatchNorm norm;
    private final Parameter scale;

    Block(Context context) {
      first = child("first", new Linear(context, 2, 2));
      norm = child("norm", new BatchNorm(context, 2));
      scale = parameter("scale", Tensor.of(context.memory(), Shape.of(2), 1, 1));
      buffer("steps", Tensor.ofInts(context.memory(), Shape.of(1), 0));
    }

    @Override
    public Variable forward(Variable x) {
      return norm.forward(first.forward(x)).times(scale.variable());
    }

    void add(String name, Module module) {
      child(name, module);
    }
  }

  @Test
  void namesComeInOrderWithTheirPath() {
    try (Block root = new Block(context)) {
      root.add("inner", new Block(context));
      List<String> own = List.of("scale", "first.weight", "first.bias", "norm.weight", "norm.bias");
      List<String> names = List.copyOf(root.parameters().keySet());
      assertEquals(own, names.subList(0, 5));
      assertEquals(own.stream().map(n -> "inner." + n).toList(), names.subList(5, 10));
      root.parameters().forEach((name, parameter) -> assertEquals(name, parameter.name()));
      assertEquals(
          List.of("steps", "norm.running_mean", "norm.running_var"),
          List.copyOf(root.buffers().keySet()).subList(0, 3));
      assertEquals(
          List.of("scale", "steps", "first.weight"),
          List.copyOf(root.state().keySet()).subList(0, 3));
      assertEquals(List.of("first", "norm", "inner"), List.copyOf(root.children().keySet()));
      assertEquals(2 * (2 + 4 + 2 + 2 + 2), root.parameterCount());
    }
  }

  @Test
  void aNameOrAPlaceIsTakenOnce() {
    try (Block root = new Block(context);
        Block other = new Block(context);
        Linear spare = new Linear(context, 1, 1)) {
      assertThrows(IllegalArgumentException.class, () -> root.add("first", spare));
      assertThrows(IllegalArgumentException.class, () -> root.add("scale", spare));
      assertThrows(IllegalArgumentException.class, () -> root.add("a.b", spare));
      assertThrows(IllegalArgumentException.class, () -> root.add("", spare));
      assertThrows(IllegalArgumentException.class, () -> root.add("self", root));
      var again =
          assertThrows(IllegalArgumentException.class, () -> other.add("stolen", root.first));
      assertTrue(again.getMessage().contains("'first'"), again.getMessage());
    }
  }

  @Test
  void modeAndFreezingReachTheWholeTree() {
    try (Block root = new Block(context);
        var _ = TensorScope.open()) {
      assertTrue(root.norm.isTraining());
      root.train(false);
      assertFalse(root.norm.isTraining());
      root.train(true);
      root.freeze(true);
      assertTrue(root.norm.isFrozen());
      assertFalse(root.first.weight().variable().requiresGradient());
      root.freeze(false);
      Variable x = Variable.constant(Tensor.of(context.memory(), Shape.of(3, 2), 1, 2, 3, 4, 5, 7));
      try (Tape tape = Tape.open()) {
        tape.backward(root.forward(x).square().sum());
      }
      root.parameters().values().forEach(p -> assertNotNull(p.gradient(), p.name()));
      root.zeroGradients();
      root.parameters().values().forEach(p -> assertNull(p.gradient(), p.name()));
    }
  }

  @Test
  void parametersOutliveTheScopeTheyWereMadeIn() {
    Linear layer;
    try (var _ = TensorScope.open()) {
      layer = new Linear(context, 2, 2);
    }
    assertTrue(layer.weight().value().isOpen());
    layer.close();
    assertFalse(layer.weight().value().isOpen());
  }
}
