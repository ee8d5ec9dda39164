package io.auxgrad.kernels.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.auxgrad.kernels.shape.ReducedShape.Axis;
import io.auxgrad.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dimensions whose product does not fit 31 bits stay apart. */
class LargeShapesTest {
  private static final int WIDE = 1 << 20;
  private static final Shape LARGE = Shape.of(1 << 12, 2, WIDE);
  private static final long SIZE = LARGE.size();

  @Test
  void aScalarMeetsEveryElement() {
    Broadcast shape = Broadcast.of(LARGE, Shape.scalar());
    assertEquals(2, shape.rank());
    assertEquals(SIZE, (long) shape.extent(0) * shape.extent(1));
    shape.forEachRun(
        SIZE - 5,
        5,
        (i, a, b, count) -> {
          assertEquals(SIZE - 5, a);
          assertEquals(0, b);
          assertEquals(5, count);
        });
  }

  @Test
  void axesMoveTogether() {
    Permutation shape = Permutation.of(Shape.of(3, 1 << 12, 2, WIDE), new int[] {1, 2, 3, 0});
    assertArrayEquals(new int[] {1 << 13, WIDE, 3}, shape.extent());
    assertArrayEquals(new long[] {WIDE, 1, SIZE}, shape.from());
    assertArrayEquals(new long[] {3L * WIDE, 3, 1}, shape.to());
  }

  @Test
  void allIsReduced() {
    ReducedShape shape = ReducedShape.of(LARGE, Shape.scalar());
    assertFalse(shape.isSimple());
    assertEquals(List.of(new Axis(1 << 13, WIDE, 1), new Axis(1, 1 << 13, 1)), shape.axes());
    assertEquals(SIZE - 1, shape.distance(SIZE - 1));
  }
}
