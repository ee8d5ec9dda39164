package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapeTest {
  private static final DeviceMemory MEMORY = Backends.cpu().memory();

  private final List<Variable> parameters = new ArrayList<>();
  private int liveBefore;
  private TensorScope scope;

  @BeforeEach
  void open() {
    liveBefore = TensorScope.liveTensors();
    scope = TensorScope.open();
  }

  @AfterEach
  void nothingLeaks() {
    parameters.forEach(Variable::zeroGradient);
    scope.close();
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  private Variable parameter(float... values) {
    Variable p = Variable.parameter(Tensor.of(MEMORY, Shape.of(values.length), values));
    parameters.add(p);
    return p;
  }

  private static void assertGradient(Variable of, float... want) {
    assertArrayEquals(want, of.gradient().toFloats());
  }

  @Test
  void differentiatesAChain() {
    Variable a = parameter(1, 2);
    Variable b = parameter(3, -4);
    try (Tape tape = Tape.open()) {
      Variable loss = a.times(b).plus(a.square()).minus(1).dividedBy(2).sum();
      assertEquals(-1, loss.value().item());
      loss.backward();
    }
    assertGradient(a, 2.5f, 0);
    assertGradient(b, 0.5f, 1);
  }

  @Test
  void theExampleOfTheDocumentation() {
    Variable x = Variable.constant(Tensor.of(MEMORY, Shape.of(2, 2), 1, 2, 3, 4));
    Variable w = Variable.parameter(Tensor.of(MEMORY, Shape.of(2, 1), 0.5f, -1));
    parameters.add(w);
    try (Tape tape = Tape.open()) {
      Variable loss = MatmulGradients.matmul(x, w).square().mean();
      tape.backward(loss);
      assertEquals(4.25f, loss.value().item());
    }
    assertGradient(w, -9, -13);
  }

  @Test
  void gradientsAddUpOverTapesUntilZeroed() {
    Variable a = parameter(1, 2);
    for (int i = 0; i < 2; i++) {
      try (Tape tape = Tape.open()) {
        tape.backward(a.square().sum());
      }
    }
    assertGradient(a, 4, 8);
    a.zeroGradient();
    assertNull(a.gradient());
  }

  @Test
  void aParameterMayBeTheLossItself() {
    Variable a = parameter(5);
    try (Tape tape = Tape.open()) {
      tape.backward(a);
    }
    assertGradient(a, 1);
  }

  @Test
  void parametersNeverShareTheMemoryOfTheirGradients() {
    Variable a = parameter(1, 2);
    Variable b = parameter(3, 4);
    try (Tape tape = Tape.open()) {
      tape.backward(a.plus(b).times(3).sum());
    }
    assertFalse(a.gradient().isShared());
    a.gradient().set(0f, 0f);
    assertGradient(b, 3, 3);
  }

  @Test
  void gradientsOnRequestLeaveThoseOfParametersAlone() {
    Variable a = parameter(1, 2);
    Variable b = parameter(3, 4);
    Variable unused = parameter(7);
    try (Tape tape = Tape.open()) {
      List<String> passed = new ArrayList<>();
      Variable before = a.times(1);
      before.onGradient(g -> passed.add("before"));
      Variable features = before.times(b);
      features.onGradient(g -> passed.add("features"));
      Variable first = features.square().sum();
      Variable second = features.times(10).sum();
      Map<Variable, Tensor> ofFirst = tape.gradients(first, List.of(features, unused));
      Map<Variable, Tensor> ofSecond = tape.gradients(second, List.of(features));
      assertArrayEquals(new float[] {6, 16}, ofFirst.get(features).toFloats());
      assertArrayEquals(new float[] {0}, ofFirst.get(unused).toFloats());
      assertArrayEquals(new float[] {10, 10}, ofSecond.get(features).toFloats());
      assertEquals(List.of("features", "features"), passed, "the walk ends at what is asked for");
      assertNull(a.gradient());
      tape.backward(first.plus(second));
    }
    assertGradient(a, 48, 104);
  }

  @Test
  void gradientsOnRequestDoNotShareMemory() {
    Variable a = parameter(1);
    Variable b = parameter(2);
    try (Tape tape = Tape.open()) {
      Map<Variable, Tensor> gradients = tape.gradients(a.plus(b), List.of(a, b));
      gradients.get(a).set(5f);
      assertEquals(1, gradients.get(b).item());
    }
  }

  @Test
  void hooksSeeCompleteGradientsInTheOrderOfTheWalk() {
    Variable a = parameter(2);
    List<String> seen = new ArrayList<>();
    a.onGradient(g -> seen.add("a " + g.item() + " before " + a.gradient()));
    a.onGradient(g -> seen.add("a again"));
    try (Tape tape = Tape.open()) {
      Variable b = a.square();
      b.onGradient(g -> seen.add("b " + g.item()));
      Variable c = b.times(3);
      c.onGradient(g -> seen.add("c " + g.item()));
      tape.backward(c.plus(b).plus(a));
    }
    assertEquals(List.of("c 1.0", "b 4.0", "a 17.0 before null", "a again"), seen);
  }

  @Test
  void nothingIsRecordedInNoGradOrBehindDetach() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable off;
      try (NoGrad suspended = Tape.noGrad()) {
        assertFalse(Tape.isRecording());
        off = a.square();
      }
      assertTrue(Tape.isRecording());
      assertFalse(off.requiresGradient());
      tape.backward(a.times(off).plus(a.square().detach()).sum());
    }
    assertGradient(a, 1, 4);
  }

  @Test
  void aFrozenParameterGetsNoGradient() {
    Variable a = parameter(1, 2);
    Variable b = parameter(3, 4);
    a.requiresGradient(false);
    try (Tape tape = Tape.open()) {
      tape.backward(a.times(b).sum());
    }
    assertNull(a.gradient());
    assertGradient(b, 1, 2);
    a.requiresGradient(true);
    try (Tape tape = Tape.open()) {
      tape.backward(a.sum());
    }
    assertGradient(a, 1, 1);
  }

  @Test
  void withoutATapeResultsBelongToTheCaller() {
    Variable a = parameter(1, 2);
    Tensor kept;
    try (TensorScope inner = TensorScope.open()) {
      kept = inner.keep(a.square().value());
    }
    assertArrayEquals(new float[] {1, 4}, kept.toFloats());
  }

  @Test
  void backwardFreesAllButScalarsAndWhatIsKept() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable gone = a.square();
      Variable kept = gone.times(2).keep();
      Variable loss = kept.sum();
      tape.backward(loss);
      assertEquals(10, loss.value().item());
      assertArrayEquals(new float[] {2, 8}, kept.value().toFloats());
      var error = assertThrows(IllegalStateException.class, gone::value);
      assertTrue(error.getMessage().contains("keep()"), error.getMessage());
    }
  }

  @Test
  void aReleasedValueLivesAsLongAsARuleNeedsIt() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable b = a.times(3);
      Variable c = b.square();
      b.release();
      assertThrows(IllegalStateException.class, b::value);
      tape.backward(c.sum());
    }
    assertGradient(a, 18, 36);
    Variable free = a.square();
    free.release();
    a.release();
    assertFalse(free.shape().size() != 2 || !a.value().isOpen());
  }

  @Test
  void memoryFallsWhileBackwardGoesOn() {
    int n = 1 << 16;
    Variable a = Variable.parameter(Tensor.zeros(MEMORY, DType.FLOAT32, Shape.of(n)));
    long[] live = new long[2];
    try (Tape tape = Tape.open()) {
      Variable y = a.times(2);
      y.onGradient(g -> live[1] = MEMORY.usage().live());
      for (int i = 0; i < 10; i++) {
        y = PointwiseGradients.unary(UnaryOp.SIGMOID, y);
      }
      Variable loss = y.sum();
      live[0] = MEMORY.usage().live();
      tape.backward(loss);
    }
    a.zeroGradient();
    // Of the eleven results only the first, whose gradient has just become complete, may be left.
    assertTrue(live[0] - live[1] >= 8L * n * Float.BYTES, live[0] + " to " + live[1]);
  }

  @Test
  void onlyWhatATrackedArgumentNeedsIsSaved() {
    Variable a = parameter(1, 2);
    Variable constant = Variable.constant(Tensor.of(MEMORY, Shape.of(2), 3, 4));
    try (Tape tape = Tape.open()) {
      int before = TensorScope.liveTensors();
      Variable product = a.times(constant);
      assertEquals(2, TensorScope.liveTensors() - before, "the result, and the constant saved");
      product.plus(constant);
      assertEquals(3, TensorScope.liveTensors() - before, "a sum saves nothing");
    }
  }

  @Test
  void gradientsFanOutWithoutExtraMemory() {
    Variable a = parameter(1);
    try (Tape tape = Tape.open()) {
      Variable sum = a;
      for (int i = 0; i < 50; i++) {
        sum = sum.plus(a);
      }
      tape.backward(sum);
    }
    assertGradient(a, 51);
  }

  @Test
  void valuesMadeInInnerScopesCanBeDifferentiated() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable loss;
      try (TensorScope inner = TensorScope.open()) {
        loss = a.square().square().sum();
        inner.keep(loss.value());
      }
      tape.backward(loss);
    }
    assertGradient(a, 4, 32);
  }

  @Test
  void aTapeIsWalkedOnceUnlessRetained() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable loss = a.square().sum();
      tape.backward(loss, true);
      tape.backward(loss);
      var error = assertThrows(IllegalStateException.class, () -> tape.backward(loss));
      assertTrue(error.getMessage().contains("backward(loss, true)"), error.getMessage());
      assertThrows(IllegalStateException.class, a::square);
    }
    assertGradient(a, 4, 8);
  }

  @Test
  void onlyScalarsThatDependOnAParameterAreDifferentiated() {
    Variable a = parameter(1, 2);
    try (Tape tape = Tape.open()) {
      Variable vector = a.square();
      var error = assertThrows(TensorException.class, vector::backward);
      assertTrue(error.getMessage().contains("has 2 elements"), error.getMessage());
      Variable constant = Variable.constant(a.value()).sum();
      assertThrows(TensorException.class, () -> tape.backward(constant));
      assertThrows(TensorException.class, constant::backward);
    }
  }

  @Test
  void variablesOfAnotherTapeAreRefused() {
    Variable a = parameter(1);
    Variable stale;
    Tape old = Tape.open();
    try (old) {
      stale = a.times(2);
      scope.keep(TensorScope.detach(stale.value()));
    }
    assertThrows(IllegalStateException.class, () -> old.backward(stale));
    try (Tape tape = Tape.open()) {
      var error = assertThrows(IllegalStateException.class, () -> stale.times(3));
      assertTrue(error.getMessage().contains("another tape"), error.getMessage());
      assertThrows(IllegalStateException.class, () -> tape.backward(stale));
    }
    stale.value().close();
  }

  @Test
  void tapesDoNotNestAndCloseInOrder() {
    try (Tape tape = Tape.open()) {
      assertThrows(IllegalStateException.class, Tape::open);
      try (NoGrad off = Tape.noGrad()) {
        assertThrows(IllegalStateException.class, tape::close);
        try (Tape independent = Tape.open()) {
          assertNotSame(tape, independent);
        }
      }
    }
    assertFalse(Tape.isRecording());
  }

  @Test
  void onlyParametersAreFrozenAndOnlyTrackedVariablesHooked() {
    Variable constant = Variable.constant(parameter(1).value());
    assertThrows(TensorException.class, () -> constant.requiresGradient(true));
    assertThrows(TensorException.class, () -> constant.onGradient(g -> {}));
  }

  @Test
  void equalExtremaShareTheGradient() {
    Variable a = parameter(3, 1, 3, 2);
    Variable b = parameter(3, 5, 1, 2);
    try (Tape tape = Tape.open()) {
      Variable most = ReductionGradients.max(a);
      Variable larger = PointwiseGradients.binary(BinaryOp.MAXIMUM, a, b).sum();
      Map<Variable, Tensor> ofMost = tape.gradients(most, List.of(a));
      Map<Variable, Tensor> ofLarger = tape.gradients(larger, List.of(a, b));
      assertArrayEquals(new float[] {0.5f, 0, 0.5f, 0}, ofMost.get(a).toFloats());
      assertArrayEquals(new float[] {0.5f, 0, 1, 0.5f}, ofLarger.get(a).toFloats());
      assertArrayEquals(new float[] {0.5f, 1, 0, 0.5f}, ofLarger.get(b).toFloats());
    }
  }
}
