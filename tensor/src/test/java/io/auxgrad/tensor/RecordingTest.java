package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private final RecordableMemory own = recordable(false);

  private static RecordableMemory recordable(boolean reuses) {
    return new RecordableMemory(new HeapMemory(), () -> new HeapMemory(reuses));
  }

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
      RecordableMemory pool = recordable(true);
      Tensor x = Tensor.of(pool, Shape.of(2), 1, 2);
      Tensor[] y = new Tensor[1];
      try (Recording recording = pool.record(() -> y[0] = plusThree(x))) {
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
      RecordableMemory pool = recordable(true);
      Tensor x = Tensor.of(pool, Shape.of(1), 1);
      Tensor[] y = new Tensor[1];
      Runnable body =
          () -> {
            try (Tensor constant = Tensor.of(pool, Shape.of(1), 5)) {
              y[0] = plusOne(constant);
            }
            plusOne(x).close();
          };
      try (Recording recording = pool.record(body)) {
        recording.run();
        assertArrayEquals(new float[] {6}, y[0].toFloats());
      }
    }
  }

  @Test
  void refusesWhatTheHostWaitsFor() {
    try (Tensor x = Tensor.of(own, Shape.of(1), 1)) {
      refused("tensor.read", () -> x.item());
      refused("tensor.read", () -> x.readLater());
      refused("optimizer.sumOfSquares", () -> Launch.run("optimizer.sumOfSquares", () -> {}, x));
    }
  }

  private void refused(String op, Runnable body) {
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> own.record(body));
    assertTrue(refusal.getMessage().contains(op), refusal::getMessage);
  }

  @Test
  void refusesTemporariesOfOtherMemory() {
    HeapMemory other = new HeapMemory();
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class,
            () -> own.record(() -> Tensor.of(other, Shape.of(1), 1).close()));
    assertTrue(refusal.getMessage().contains("outside of the recorded memory"));
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
      Recording recording = own.record(body);
      assertTrue(temporary[0].isOpen());
      recording.close();
      assertFalse(temporary[0].isOpen());
      assertEquals(0, recording.size());
    }
  }

  @Test
  void whatTheHostFeedsIsNewInEachRun() {
    try (var _ = TensorScope.open()) {
      RecordableMemory pool = recordable(true);
      Tensor x = Tensor.of(pool, Shape.of(1), 1);
      Tensor[] y = new Tensor[1];
      int[] calls = new int[1];
      Runnable body =
          () -> {
            plusOne(x).close();
            try (Tensor fed =
                Launch.feed(pool, DType.FLOAT32, Shape.of(1), t -> t.set(100f * ++calls[0]))) {
              y[0] = plusOne(fed);
            }
            plusOne(x).close();
          };
      try (Recording recording = pool.record(body)) {
        assertArrayEquals(new float[] {101}, y[0].toFloats());
        recording.run();
        recording.run();
        assertArrayEquals(new float[] {301}, y[0].toFloats());
        assertEquals(3, recording.size());
      }
    }
  }

  @Test
  void aListenerSeesTheOpsOfARunButNotWhatTheHostFeeds() {
    try (var _ = TensorScope.open()) {
      RecordableMemory pool = recordable(true);
      Tensor x = Tensor.of(pool, Shape.of(1), 1);
      Runnable body =
          () -> {
            try (Tensor fed = Launch.feed(pool, DType.FLOAT32, Shape.of(1), t -> t.set(1f))) {
              plusOne(fed).close();
            }
            plusOne(x).close();
          };
      List<String> seen = new ArrayList<>();
      Launch.Listener listener =
          (op, kernel, operands) -> {
            seen.add(op + " " + operands[0]);
            kernel.run();
          };
      Launch.listen(listener, body);
      List<String> eager = List.copyOf(seen);
      seen.clear();
      try (Recording recording = pool.record(body)) {
        Launch.listen(listener, recording::run);
      }
      assertEquals(eager, seen);
      assertEquals(2, seen.size());
    }
  }

  @Test
  void countsWhatLiesBesideARecordingAtItsPeak() {
    try (var _ = TensorScope.open()) {
      RecordableMemory pool = recordable(true);
      Tensor x = Tensor.of(pool, Shape.of(1), 1);
      long before = pool.usage().peak();
      try (Recording recording = pool.record(() -> plusOne(x).close())) {
        assertEquals(before + x.byteSize(), pool.usage().peak());
        recording.run();
      }
      assertEquals(before, pool.usage().peak());
    }
  }

  /** A tensor from before that is closed on the way is read by each run. */
  @Test
  void keepsWhatWasThereBeforeAndIsGivenBack() {
    try (var _ = TensorScope.open()) {
      HeapMemory general = new HeapMemory(true);
      RecordableMemory memory = new RecordableMemory(general, () -> new HeapMemory(true));
      Tensor before = Tensor.of(memory, Shape.of(1), 1);
      Tensor[] y = new Tensor[1];
      try (Recording recording =
          memory.record(() -> {
            y[0] = plusOne(before);
            before.close();
          })) {
        Tensor.of(memory, Shape.of(1), 50);
        recording.run();
        assertArrayEquals(new float[] {2}, y[0].toFloats());
      }
    }
    assertEquals(0, TensorScope.liveTensors());
  }

  @Test
  void aRecordingThatFailsGivesItsMemoryBack() {
    long before = own.usage().live();
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            own.record(() -> {
              try (var _ = TensorScope.open()) {
                Tensor.of(own, Shape.of(1), 1);
                throw new UnsupportedOperationException();
              }
            }));
    assertEquals(before, own.usage().live());
    try (Tensor x = Tensor.of(own, Shape.of(1), 1)) {
      assertFalse(x.isRecorded());
    }
  }

  @Test
  void closesTwice() {
    Recording recording = own.record(() -> {});
    recording.close();
    recording.close();
  }
}
