package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private final List<String> done = new ArrayList<>();

  @Test
  void runsTheKernelWhereNobodyListens() {
    Launch.run("op", () -> done.add("kernel"));
    assertEquals(List.of("kernel"), done);
  }

  @Test
  void letsTheListenerRunTheKernel() {
    Launch.listen(
        (op, kernel, _) -> {
          done.add("before " + op);
          kernel.run();
          done.add("after");
        },
        () -> Launch.run("op", () -> done.add("kernel")));
    Launch.run("op", () -> done.add("alone"));
    assertEquals(List.of("before op", "kernel", "after", "alone"), done);
  }

  @Test
  void flattensListsOfOperands() {
    int[] operands = new int[1];
    try (Tensor a = Tensor.of(new HeapMemory(), Shape.of(1), 1)) {
      Launch.listen(
          (_, _, tensors) -> operands[0] = tensors.length,
          () ->
              Launch.run("op", () -> {}, java.util.Arrays.asList(List.of(a, a), null, List.of(a))));
    }
    assertEquals(3, operands[0]);
  }

  @Test
  void stopsListeningWhenTheBodyThrows() {
    assertThrows(
        IllegalStateException.class,
        () ->
            Launch.listen(
                (_, kernel, _) -> kernel.run(),
                () -> {
                  throw new IllegalStateException("broken");
                }));
    Launch.run("op", () -> done.add("kernel"));
    assertEquals(List.of("kernel"), done);
  }

  @Test
  void refusesASecondListenerOnTheThread() {
    Launch.Listener plain = (_, kernel, _) -> kernel.run();
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> Launch.listen(plain, () -> Launch.listen(plain, () -> {})));
    assertTrue(refused.getMessage().contains("another listener"));
  }
}
