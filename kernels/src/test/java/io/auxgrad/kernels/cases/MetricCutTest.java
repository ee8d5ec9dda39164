package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.MetricOps;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sums of a split do not depend on how it was cut into batches, to the last bit. */
class MetricCutTest {
  private static final int IMAGES = 6;
  private static final int HEIGHT = 43;
  private static final int WIDTH = 71;

  @TestFactory
  Stream<DynamicTest> anyBatchSizeGivesTheSameBytes() {
    return TestBackends.all().stream()
        .map(target ->
            DynamicTest.dynamicTest(
                target.name(),
                () -> {
                  double[] whole = sums(target.backend(), IMAGES);
                  assertArrayEquals(whole, sums(target.backend(), 1));
                  assertArrayEquals(whole, sums(target.backend(), 2));
                }));
  }

  /** Sums of depth, and behind them those of normals. */
  private static double[] sums(Backend backend, int batch) {
    Philox random = new Philox(7, 7);
    try (var _ = TensorScope.open()) {
      Tensor depth = Tensor.zeros(backend.memory(), DType.FLOAT64, Shape.of(MetricOps.DEPTH_SUMS));
      Tensor normals =
          Tensor.zeros(backend.memory(), DType.FLOAT64, Shape.of(MetricOps.NORMALS_SUMS));
      Tensor histogram = Tensor.zeros(backend.memory(), DType.INT32, Shape.of(181));
      for (int n = 0; n < IMAGES; n += batch) {
        Tensor[] near = maps(backend, batch, random);
        backend.metric().depth(near[0], near[1], null, 0.1f, depth);
        backend.metric().normals(near[2], near[3], null, normals, histogram);
      }
      return Stream.of(depth, normals, histogram)
          .flatMapToDouble(t -> java.util.Arrays.stream(Array64.download(t).data()))
          .toArray();
    }
  }

  /** Predicted and true depth, predicted and true normals; image by image from {@code random}. */
  private static Tensor[] maps(Backend backend, int batch, Philox random) {
    int[] channels = {1, 1, 3, 3};
    float[][] maps = new float[channels.length][];
    for (int m = 0; m < channels.length; m++) {
      maps[m] = new float[batch * HEIGHT * WIDTH * channels[m]];
    }
    for (int n = 0; n < batch; n++) {
      for (int m = 0; m < channels.length; m++) {
        int size = HEIGHT * WIDTH * channels[m];
        for (int i = n * size; i < (n + 1) * size; i++) {
          maps[m][i] = random.uniform(0.2f, 7);
        }
      }
    }
    Tensor[] tensors = new Tensor[channels.length];
    for (int m = 0; m < channels.length; m++) {
      Shape shape = Shape.of(batch, HEIGHT, WIDTH, channels[m]);
      tensors[m] = Tensor.of(backend.memory(), shape, maps[m]);
    }
    return tensors;
  }
}
