package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorScopeTest {
  private final HeapMemory memory = new HeapMemory();
  private final int before = TensorScope.liveTensors();

  @AfterEach
  void nothingLeaks() {
    assertEquals(before, TensorScope.liveTensors(), TensorScope::report);
    assertEquals(0, memory.usage().live());
  }

  private Tensor vector(float... values) {
    return Tensor.of(memory, Shape.of(values.length), values);
  }

  @Test
  void aScopeClosesWhatWasMadeInIt() {
    Tensor outside = vector(1);
    Tensor inside;
    try (var _ = TensorScope.open()) {
      inside = vector(2);
    }
    assertTrue(outside.isOpen());
    assertFalse(inside.isOpen());
    String message = assertThrows(IllegalStateException.class, inside::toFloats).getMessage();
    assertTrue(message.contains("FLOAT32[1]@cpu was closed"), message);
    outside.close();
    outside.close();
  }

  @Test
  void keepHandsATensorToTheEnclosingScope() {
    Tensor kept;
    try (var _ = TensorScope.open()) {
      try (var inner = TensorScope.open()) {
        vector(1);
        kept = inner.keep(vector(2, 3));
        vector(4);
      }
      assertArrayEquals(new float[] {2, 3}, kept.toFloats());
    }
    assertFalse(kept.isOpen());
  }

  @Test
  void detachHandsATensorToTheCaller() {
    Tensor mine;
    try (var _ = TensorScope.open()) {
      mine = TensorScope.detach(vector(5));
    }
    assertEquals(5, mine.item());
    mine.close();
  }

  @Test
  void aViewKeepsTheMemory() {
    Tensor t = vector(1, 2, 3, 4);
    Tensor view = t.reshape(Shape.of(2, 2));
    t.close();
    assertArrayEquals(new float[] {1, 2, 3, 4}, view.toFloats());
    view.close();
  }

  @Test
  void scopesCloseInReverseOrder() {
    TensorScope outer = TensorScope.open();
    TensorScope inner = TensorScope.open();
    assertThrows(IllegalStateException.class, outer::close);
    inner.close();
    outer.close();
    outer.close();
  }

  @Test
  void theReportCountsLiveTensors() {
    try (var _ = TensorScope.open()) {
      vector(1, 2);
      vector(3, 4);
      String report = TensorScope.report();
      assertTrue(report.contains("2 x FLOAT32[2]@cpu, 16 bytes"), report);
    }
  }

  @Test
  void theReportCountsTheBytesOfAViewOnceAndNamesThePeak() {
    try (var _ = TensorScope.open()) {
      vector(1, 2, 3).close();
      Tensor t = vector(1, 2);
      t.reshape(t.shape());
      String report = TensorScope.report();
      assertTrue(report.contains("2 x FLOAT32[2]@cpu, 8 bytes"), report);
      assertTrue(report.contains("cpu: 8 bytes in use, 12 bytes at most so far, "), report);
    }
  }

  @Test
  void aPartOfATensorIsOverwritten() {
    try (var _ = TensorScope.open()) {
      Tensor t = vector(1, 2, 3, 4);
      t.setBytes(Float.BYTES, MemorySegment.ofArray(new float[] {8, 9}));
      assertArrayEquals(new float[] {1, 8, 9, 4}, t.toFloats());
      var e =
          assertThrows(
              TensorException.class,
              () -> t.setBytes(3 * Float.BYTES, MemorySegment.ofArray(new float[2])));
      assertEquals("set: FLOAT32[4]@cpu has 16 bytes, got 8 for byte 12 on", e.getMessage());
    }
  }

  @Test
  void tensorsLeaveAScopeInAnyOrder() {
    try (var outer = TensorScope.open()) {
      Tensor[] tensors = new Tensor[5];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = vector(i);
      }
      tensors[2].close();
      tensors[4].close();
      tensors[0].close();
      Tensor mine = TensorScope.detach(tensors[3]);
      outer.close();
      assertTrue(mine.isOpen());
      assertFalse(tensors[1].isOpen());
      mine.close();
    }
  }

  @Test
  void wrongSizesAndTypesAreNamed() {
    try (var _ = TensorScope.open()) {
      Tensor t = vector(1, 2);
      assertEquals(
          "set: FLOAT32[2]@cpu takes 2 values, got 3",
          assertThrows(TensorException.class, () -> t.set(1f, 2f, 3f)).getMessage());
      assertEquals(
          "tensor FLOAT32[2]@cpu is not INT32",
          assertThrows(TensorException.class, t::toInts).getMessage());
      assertEquals(
          "reshape: [2] has 2 elements, [3] has 3",
          assertThrows(TensorException.class, () -> t.reshape(Shape.of(3))).getMessage());
      assertThrows(TensorException.class, t::item);
    }
  }

  @Test
  void zerosAreZeroAndEmptyTensorsWork() {
    try (var _ = TensorScope.open()) {
      assertArrayEquals(new float[3], Tensor.zeros(memory, DType.FLOAT32, Shape.of(3)).toFloats());
      assertEquals(0, Tensor.empty(memory, DType.INT32, Shape.of(0, 4)).toInts().length);
      assertArrayEquals(
          new byte[] {1, -1}, Tensor.ofBytes(memory, Shape.of(2), (byte) 1, (byte) -1).toBytes());
      assertArrayEquals(new int[] {7, -7}, Tensor.ofInts(memory, Shape.of(2), 7, -7).toInts());
    }
  }
}
