package io.auxgrad.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTest {
  private final Shape images = Shape.of(4, 120, 160, 3);

  @Test
  void countsElementsRowsAndStrides() {
    assertEquals(230_400, images.size());
    assertEquals(76_800, images.rows());
    assertEquals(480, images.stride(1));
    assertEquals(1, images.stride(-1));
    assertEquals(1, Shape.scalar().size());
    assertEquals(1, Shape.scalar().rows());
    assertEquals(0, Shape.of(3, 0).size());
  }

  @Test
  void negativeAxesCountFromTheEnd() {
    assertEquals(3, images.dim(-1));
    assertEquals(Shape.of(4, 120, 160, 13), images.with(-1, 13));
    assertEquals(
        "axis 4 is outside of shape [4,120,160,3]",
        assertThrows(TensorException.class, () -> images.dim(4)).getMessage());
  }

  @Test
  void broadcastsFromTheLastDimension() {
    assertEquals(Shape.of(2, 5, 7, 19), Shape.of(2, 1, 7, 1).broadcast(Shape.of(5, 1, 19)));
    assertEquals(images, images.broadcast(Shape.scalar()));
    assertEquals(Shape.of(0), Shape.of(1).broadcast(Shape.of(0)));
    assertEquals(
        "shapes [2,3] and [4] do not broadcast: 3 against 4",
        assertThrows(TensorException.class, () -> Shape.of(2, 3).broadcast(Shape.of(4)))
            .getMessage());
  }

  @Test
  void refusesNegativeExtentsAndOverflow() {
    assertThrows(TensorException.class, () -> Shape.of(3, -1));
    assertThrows(
        TensorException.class,
        () -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void doesNotShareItsExtents() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.dims()[1] = 9;
    assertEquals(Shape.of(2, 3), shape);
  }
}
