package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private final RecordedMemory own = new RecordedMemory(new HeapMemory());

  /** An op as the contract makes them: {@code y = x + 1}. */
  private static Tensor plusOne(Tensor x) {
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run(
        "test.plusOne",
        () -> {
          for (long i = 0; i < x.size(); i++) {
            float value = x.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i);
            y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, value + 1);
          }
        },
        x,
        y);
    return y;
  }

  private static Tensor plusThree(Tensor x) {
    try (TensorScope scope = TensorScope.open()) {
      return scope.keep(plusOne(plusOne(plusOne(x))));
    }
  }

  @Test
  void runsTheOpsAgainOnNewInputs() {
    try (var _ = TensorScope.open()) {
      RecordedMemory pool = new RecordedMemory(new HeapMemory(true));
      Tensor x = Tensor.of(pool, Shape.of(2), 1, 2);
      Tensor[] y = new Tensor[1];
      try (Recording recording = Recording.of(pool, () -> y[0] = plusThree(x))) {
        assertEquals(3, recording.size());
        assertArrayEquals(new float[] {4, 5}, y[0].toFloats());
        x.set(10f, 20f);
        recording.run();
        assertArrayEquals(new float[] {13, 23}, y[0].toFloats());
      }
    }
  }

  @Test
  void recordsConstantsMadeOnTheWay() {
    try (var _ = TensorScope.open()) {
      RecordedMemory pool = new RecordedMemory(new HeapMemory(true));
      Tensor x = Tensor.of(pool, Shape.of(1), 1);
      Tensor[] y = new Tensor[1];
      Runnable body =
          () -> {
            try (Tensor constant = Tensor.of(pool, Shape.of(1), 5)) {
              y[0] = plusOne(constant);
            }
            plusOne(x).close();
          };
      try (Recording recording = Recording.of(pool, body)) {
        recording.run();
        assertArrayEquals(new float[] {6}, y[0].toFloats());
      }
    }
  }

  @Test
  void refusesWhatDependsOnTheHost() {
    try (Tensor x = Tensor.of(own, Shape.of(1), 1)) {
      refused("tensor.read", () -> x.item());
      refused("optimizer.sgd", () -> Launch.run("optimizer.sgd", () -> {}, x));
      refused("pointwise.dropout", () -> Launch.run("pointwise.dropout", () -> {}, x));
    }
  }

  private void refused(String op, Runnable body) {
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> Recording.of(own, body));
    assertTrue(refusal.getMessage().contains(op), refusal::getMessage);
  }

  @Test
  void refusesTemporariesOfOtherMemory() {
    HeapMemory other = new HeapMemory();
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class,
            () -> Recording.of(own, () -> Tensor.of(other, Shape.of(1), 1).close()));
    assertTrue(refusal.getMessage().contains("outside of the recording's memory"));
  }

  @Test
  void temporariesAreClosedAfterwards() {
    try (var _ = TensorScope.open()) {
      Tensor[] temporary = new Tensor[1];
      Runnable body =
          () -> {
            temporary[0] = Tensor.of(own, Shape.of(1), 1);
            temporary[0].close();
          };
      Recording recording = Recording.of(own, body);
      assertTrue(temporary[0].isOpen());
      recording.close();
      assertFalse(temporary[0].isOpen());
      assertEquals(0, recording.size());
    }
  }
}
