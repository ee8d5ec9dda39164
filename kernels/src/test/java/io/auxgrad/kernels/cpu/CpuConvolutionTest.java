package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CpuConvolutionTest {
  private static final Conv2dSpec SPEC = Conv2dSpec.of(1, 1);

  private final CpuBackend backend = new CpuBackend(2);

  private float[] convolve(int size) {
    try (var _ = TensorScope.open()) {
      Tensor x = random(1, 2, size, size, 16);
      Tensor w = random(2, 32, 3, 3, 16);
      return backend.convolution().forward(x, w, null, SPEC, Activation.RELU).toFloats();
    }
  }

  private Tensor random(int stream, int... dims) {
    Philox random = new Philox(5, stream);
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return Tensor.of(backend.memory(), shape, values);
  }

  @Test
  void weightsMayChangeInPlace() {
    try (var _ = TensorScope.open()) {
      Tensor x = random(1, 1, 9, 9, 16);
      Tensor w = random(2, 32, 3, 3, 16);
      float[] first =
          backend.convolution().forward(x, w, null, SPEC, Activation.IDENTITY).toFloats();
      backend.optimizer().scale(List.of(w), 2);
      float[] second =
          backend.convolution().forward(x, w, null, SPEC, Activation.IDENTITY).toFloats();
      for (int i = 0; i < first.length; i++) {
        assertEquals(2 * first[i], second[i], 1e-6f);
      }
    }
  }

  private void scaled(float factor, Runnable change, Tensor x, Tensor w) {
    for (int use = 0; use < 3; use++) {
      float[] before = plain(x, w);
      assertArrayEquals(before, plain(x, w));
      change.run();
      float[] after = plain(x, w);
      for (int i = 0; i < before.length; i++) {
        assertEquals(factor * before[i], after[i], 1e-6f);
      }
    }
  }

  private float[] plain(Tensor x, Tensor w) {
    try (var _ = TensorScope.open()) {
      return backend.convolution().forward(x, w, null, SPEC, Activation.IDENTITY).toFloats();
    }
  }

  @Test
  void packedWeightsFollowChanges() {
    try (var _ = TensorScope.open()) {
      Tensor x = random(1, 1, 9, 9, 16);
      Tensor w = random(2, 32, 3, 3, 16);
      scaled(2, () -> backend.optimizer().scale(List.of(w), 2), x, w);
      Tensor view = w.reshape(Shape.of(32, 144));
      scaled(-1, () -> view.set(negated(w.toFloats())), x, w);
    }
    assertEquals(0, backend.memory().usage().live());
  }

  @Test
  void packedWeightsFollowRecordings() {
    try (var _ = TensorScope.open()) {
      Tensor x = random(1, 1, 9, 9, 16);
      Tensor w = random(2, 32, 3, 3, 16);
      Tensor from = Tensor.of(backend.memory(), w.shape(), w.toFloats());
      Tensor[] result = new Tensor[2];
      Runnable body =
          () -> {
            backend.pointwise().copy(from, w);
            result[1] = backend.convolution().forward(x, w, null, SPEC, Activation.IDENTITY);
            Tensor made = backend.pointwise().unary(UnaryOp.NEGATE, from);
            var conv = backend.convolution();
            Tensor ofMade = conv.forward(x, made, null, SPEC, Activation.IDENTITY);
            Tensor again = conv.forward(x, made, null, SPEC, Activation.IDENTITY);
            result[0] = backend.pointwise().binary(BinaryOp.ADD, ofMade, again);
          };
      try (Replay recording = backend.record(body)) {
        for (int run = 0; run < 3; run++) {
          from.set(negated(from.toFloats()));
          recording.run();
          float[] want = plain(x, from);
          float[] made = result[0].toFloats();
          assertArrayEquals(want, result[1].toFloats());
          for (int use = 0; use < 3; use++) {
            assertArrayEquals(want, plain(x, w));
          }
          for (int i = 0; i < want.length; i++) {
            assertEquals(-2 * want[i], made[i]);
          }
        }
      }
    }
    assertEquals(0, backend.memory().usage().live());
  }

  private static float[] negated(float[] values) {
    float[] negated = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -values[i];
    }
    return negated;
  }

  @Test
  void callersOnSeveralThreadsTakeTurns() throws Exception {
    List<float[]> want = List.of(convolve(5), convolve(12), convolve(23));
    try (var callers = Executors.newFixedThreadPool(3)) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int size = List.of(5, 12, 23).get(i % 3);
        Callable<float[]> call = () -> convolve(size);
        results.add(callers.submit(call));
      }
      for (int i = 0; i < results.size(); i++) {
        assertArrayEquals(want.get(i % 3), results.get(i).get());
      }
    }
  }

  @Test
  void threadsMayChangeBetweenCalls() {
    float[] two = convolve(20);
    backend.setThreads(1);
    assertArrayEquals(two, convolve(20));
    backend.setThreads(3);
    assertArrayEquals(two, convolve(20));
  }

  @Test
  void nothingStaysInUse() {
    convolve(7);
    assertEquals(0, backend.memory().usage().live());
  }
}
