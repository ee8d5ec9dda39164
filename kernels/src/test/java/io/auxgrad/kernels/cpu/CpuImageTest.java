package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.ImageOps;
import io.auxgrad.tensor.ops.ImageView;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuImageTest {
  private static final float[] ONES = {1, 1, 1};

  private final TensorScope scope = TensorScope.open();
  private final DeviceMemory memory = Backends.cpu().memory();
  private final ImageOps image = Backends.cpu().image();
  private final Tensor rgb = Tensor.zeros(memory, DType.UINT8, Shape.of(2, 4, 5, 3));

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private Tensor whole(int images) {
    return ImageView.toTensor(memory, Collections.nCopies(images, ImageView.whole(0)));
  }

  private Tensor floats(int... dims) {
    return Tensor.zeros(memory, DType.FLOAT32, Shape.of(dims));
  }

  private Tensor bytes(int... dims) {
    return Tensor.zeros(memory, DType.UINT8, Shape.of(dims));
  }

  @Test
  void namesWhatIsWrongWithItsArguments() {
    Tensor y = floats(2, 4, 5, 3);
    refuses(
        "network input: image is FLOAT32, expected UINT8",
        () -> image.input(floats(2, 4, 5, 3), whole(2), ONES, ONES, y));
    refuses(
        "network input: views is [3,16], expected [2,16]",
        () -> image.input(rgb, whole(3), ONES, ONES, y));
    refuses(
        "network input: deviation 0.0 must be positive",
        () -> image.input(rgb, whole(2), ONES, new float[3], y));
    refuses(
        "network input: result [2,4,5,4] must have 3 channels",
        () -> image.input(rgb, whole(2), ONES, ONES, floats(2, 4, 5, 4)));
    refuses(
        "class labels: classes are FLOAT32, expected INT32 or UINT8",
        () -> image.classes(floats(2, 4, 5), whole(2), bytes(2, 4, 5)));
    refuses(
        "class labels: result is UINT8, expected INT32",
        () -> image.classes(bytes(2, 4, 5), whole(2), bytes(2, 4, 5)));
    refuses(
        "depth labels: mask is [2,4,6], expected [2,4,5]",
        () ->
            image.depth(
                floats(2, 4, 5),
                whole(2),
                new ImageOps.Masked(floats(2, 4, 5, 1), bytes(2, 4, 6))));
    refuses(
        "normals labels: normals [2,4,5,3] must have 4 channels",
        () -> image.normals(rgb, whole(2), new ImageOps.Masked(y, bytes(2, 4, 5))));
  }

  @Test
  void refusesViewsThatShowNothing() {
    refuses(
        "image view: scale 0.0 must be positive, left 0.0 and top 0.0 finite",
        () -> new ImageView(0, 0, 0, 0, false, ImageView.sameColours()));
    refuses(
        "image view: colours have 9 numbers, expected 3 rows of 4",
        () -> new ImageView(0, 1, 0, 0, false, new float[9]));
    refuses(
        "image view: image -1 is outside of 0..16777216",
        () -> new ImageView(-1, 1, 0, 0, false, ImageView.sameColours()));
  }

  private static void refuses(String message, Runnable op) {
    assertEquals(message, assertThrows(TensorException.class, op::run).getMessage());
  }
}
