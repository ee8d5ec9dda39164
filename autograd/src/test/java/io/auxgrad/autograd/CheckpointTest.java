package io.auxgrad.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final DeviceMemory MEMORY = Backends.cpu().memory();

  private int liveBefore;
  private TensorScope scope;
  private Variable x;
  private Variable w;
  private Tensor mean;
  private Tensor variance;
  private Philox random;

  @BeforeEach
  void open() {
    liveBefore = TensorScope.liveTensors();
    scope = TensorScope.open();
    reset();
  }

  @AfterEach
  void nothingLeaks() {
    x.zeroGradient();
    w.zeroGradient();
    scope.close();
    assertEquals(liveBefore, TensorScope.liveTensors(), TensorScope::report);
  }

  private void reset() {
    Philox values = new Philox(5, 0);
    x = Variable.parameter(Doubles.uniform(values, -1, 1, 6, 4).upload(MEMORY));
    w = Variable.parameter(Doubles.uniform(values, -1, 1, 4).upload(MEMORY));
    mean = Doubles.zeros(4).upload(MEMORY);
    variance = Doubles.of(Shape.of(4), i -> 1).upload(MEMORY);
    random = new Philox(9, 0);
  }

  /** Has random numbers, side effects, a parameter and its input used twice. */
  private Variable block(Variable in) {
    Variable normal =
        NormalizationGradients.batchNorm(
            in, w, w, null, mean, variance, 0.1f, 1e-5f, Activation.RELU, true);
    Tensor stream = Checkpoint.draw(this::drawn);
    return PointwiseGradients.dropout(normal, 0.5f, 3, stream).plus(in);
  }

  private Tensor drawn() {
    int lower = random.nextInt();
    return Tensor.ofInts(MEMORY, Shape.of(2), lower, lower >> 31);
  }

  private record Outcome(
      float[] loss, float[] x, float[] w, float[] mean, float[] variance, long drawn) {}

  private Outcome run(UnaryOperator<Variable> network) {
    reset();
    float[] loss;
    try (Tape tape = Tape.open()) {
      Variable result = network.apply(x).square().mean();
      loss = result.value().toFloats();
      tape.backward(result);
    }
    Outcome outcome =
        new Outcome(
            loss,
            x.gradient().toFloats(),
            w.gradient().toFloats(),
            mean.toFloats(),
            variance.toFloats(),
            random.position());
    x.zeroGradient();
    w.zeroGradient();
    return outcome;
  }

  private static void assertSame(Outcome want, Outcome got) {
    assertArrayEquals(want.loss, got.loss);
    assertArrayEquals(want.x, got.x);
    assertArrayEquals(want.w, got.w);
    assertArrayEquals(want.mean, got.mean);
    assertArrayEquals(want.variance, got.variance);
    assertEquals(want.drawn, got.drawn);
  }

  @Test
  void givesTheSameBitsWithRandomNumbersAndRunningStatistics() {
    assertSame(run(this::block), run(in -> Checkpoint.of(this::block, in)));
  }

  @Test
  void nests() {
    UnaryOperator<Variable> plain = in -> block(block(in));
    UnaryOperator<Variable> inner =
        in -> Checkpoint.of(this::block, Checkpoint.of(this::block, in));
    Outcome once = run(inner);
    assertSame(once, run(in -> Checkpoint.of(inner, in)));
    Outcome without = run(plain);
    assertArrayEquals(without.x, once.x);
    assertArrayEquals(without.w, once.w);
    assertEquals(without.drawn, once.drawn);
  }

  @Test
  void keepsOnlyInputAndResultOfASegment() {
    UnaryOperator<Variable> segment =
        in -> {
          Variable y = in;
          for (int i = 0; i < 10; i++) {
            y = PointwiseGradients.unary(UnaryOp.SIGMOID, y);
          }
          return y;
        };
    try (Tape tape = Tape.open()) {
      int before = TensorScope.liveTensors();
      Variable y = Checkpoint.of(segment, x);
      assertEquals(2, TensorScope.liveTensors() - before, TensorScope::report);
      tape.backward(y.sum());
    }
  }

  @Test
  void hooksOfParametersAreCalledOnceWithTheWholeGradient() {
    List<float[]> seen = new ArrayList<>();
    w.onGradient(g -> seen.add(g.toFloats()));
    try (Tape tape = Tape.open()) {
      tape.backward(Checkpoint.of(in -> in.times(w), x).plus(w).sum());
    }
    assertEquals(1, seen.size());
    assertArrayEquals(w.gradient().toFloats(), seen.getFirst());
  }

  @Test
  void aSegmentWithoutParametersOfAConstantIsNotRecorded() {
    try (Tape tape = Tape.open()) {
      Variable y = Checkpoint.of(Variable::square, Variable.constant(x.value()));
      assertFalse(y.requiresGradient());
      assertTrue(tape.leaves().isEmpty());
    }
  }

  @Test
  void runsTheSegmentWithoutATape() {
    assertArrayEquals(
        x.square().value().toFloats(), Checkpoint.of(Variable::square, x).value().toFloats());
    assertFalse(Checkpoint.isRecomputing());
  }

  @Test
  void otherResultsOfTheTapeAreRefused() {
    try (Tape tape = Tape.open()) {
      Variable other = x.square();
      var error =
          assertThrows(IllegalStateException.class, () -> Checkpoint.of(in -> in.plus(other), x));
      assertTrue(error.getMessage().contains("another tape"), error.getMessage());
      assertTrue(Tape.isRecording());
    }
  }

  @Test
  void drawingMoreThanInTheFirstPassIsAnError() {
    int[] passes = new int[1];
    try (Tape tape = Tape.open()) {
      Variable y =
          Checkpoint.of(
              in -> {
                for (int i = 0; i < passes[0]; i++) {
                  Checkpoint.draw(this::drawn);
                }
                passes[0]++;
                return in.square();
              },
              x);
      assertThrows(IllegalStateException.class, () -> tape.backward(y.sum()));
    }
  }
}
