package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.UnaryOp;

/**
 * Weights are rounded to bfloat16 once for each of their versions, which shows in how often kernels
 * are launched, and nowhere in the results: cuDNN's part is no launch of ours.
 */
final class RoundedOnce {
  private static final Conv2dSpec SPEC = Conv2dSpec.of(1, 1);
  private static final Shape WEIGHT = Shape.of(8, 3, 3, 8);

  private final CudaGpu gpu;
  private final Backend backend;
  private final Philox random = new Philox(20260101, 11);
  private final Tensor images;
  private final Tensor change;
  private Tensor y;
  private Tensor dx;

  private RoundedOnce(CudaGpu gpu, Backend backend) {
    this.gpu = gpu;
    this.backend = new ForcedWay(gpu, "cudnn").in(backend);
    Tensor wide = uniform(Shape.of(2, 5, 6, 8));
    images = backend.pointwise().cast(wide, DType.BFLOAT16);
    change = uniform(WEIGHT);
  }

  /** On {@code gpu}. */
  static void check(CudaGpu gpu, Backend backend) {
    try (var _ = TensorScope.open()) {
      RoundedOnce once = new RoundedOnce(gpu, backend);
      once.eagerly();
      once.inProducts();
      once.inAnInference();
      once.inATraining(false);
      once.inATraining(true);
      once.notInACaptureThatFails();
      once.notWhatAGraphWrites();
      once.givenBack();
    }
  }

  private void eagerly() {
    Tensor w = uniform(WEIGHT);
    assertEquals(1, launches(() -> use(w)), "forward and backward");
    assertEquals(0, launches(() -> use(w)), "nothing has changed");
    assertEquals(0, launches(() -> use(w.reshape(WEIGHT))), "a view");
    w.set(change.toFloats());
    assertEquals(1, launches(() -> use(w)));
    expect(change);
  }

  private void inProducts() {
    Shape shape = Shape.of(8, 8);
    Tensor w = uniform(shape);
    Tensor x = backend.pointwise().cast(uniform(shape), DType.BFLOAT16);
    Runnable use =
        () -> {
          y = backend.matmul().multiply(x, false, w, true, DType.BFLOAT16);
          dx = backend.matmul().multiply(x, false, w, false, DType.BFLOAT16);
        };
    assertEquals(1, launches(use), "forward and backward");
    assertEquals(0, launches(use), "nothing has changed");
    w.set(uniform(shape).toFloats());
    assertEquals(1, launches(use));
    float[] got = floats(y);
    Tensor fresh = Tensor.of(backend.memory(), shape, w.toFloats());
    assertArrayEquals(
        floats(backend.matmul().multiply(x, false, fresh, true, DType.BFLOAT16)), got);
  }

  private void inAnInference() {
    Tensor w = uniform(WEIGHT);
    use(w);
    try (Replay replay = backend.record(() -> use(w))) {
      assertEquals(0, launches(replay::run));
      w.set(change.toFloats());
      assertEquals(1, launches(replay::run), "the weights are read at each call");
      expect(change);
      assertEquals(0, launches(replay::run));
      assertEquals(0, launches(() -> use(w)), "the same copy");
    }
  }

  /** With {@code used}, as by an evaluation, after the last step that was not recorded. */
  private void inATraining(boolean used) {
    float[] start = uniform(WEIGHT).toFloats();
    Tensor eager = Tensor.of(backend.memory(), WEIGHT, start);
    Tensor recorded = Tensor.of(backend.memory(), WEIGHT, start);
    step(eager);
    step(recorded);
    if (used) {
      use(recorded);
    }
    Replay[] made = new Replay[1];
    assertEquals(2, launches(() -> made[0] = backend.record(() -> step(recorded))));
    Tensor recordedY = y;
    Tensor recordedDx = dx;
    try (Replay replay = made[0]) {
      for (int i = 0; i < 3; i++) {
        if (i > 0) {
          assertEquals(used ? 1 : 0, launches(replay::run), "rounded before it or within");
        }
        step(eager);
        assertArrayEquals(floats(y), floats(recordedY));
        assertArrayEquals(floats(dx), floats(recordedDx));
        assertArrayEquals(eager.toFloats(), recorded.toFloats());
      }
      assertEquals(1, launches(() -> use(recorded)), "it has changed");
      expect(eager);
    }
  }

  private void notInACaptureThatFails() {
    Tensor w = Tensor.of(backend.memory(), WEIGHT, change.toFloats());
    Runnable failing =
        () -> {
          use(w);
          throw new IllegalStateException("meant");
        };
    assertThrows(IllegalStateException.class, () -> backend.record(failing));
    use(w);
    expect(change);
  }

  /** Its runs leave no new version. */
  private void notWhatAGraphWrites() {
    Tensor source = uniform(WEIGHT);
    Tensor[] w = new Tensor[1];
    try (Replay replay =
        backend.record(() -> w[0] = backend.pointwise().unary(UnaryOp.SQUARE, source))) {
      use(w[0]);
      source.set(change.toFloats());
      replay.run();
      use(w[0]);
      expect(w[0]);
    }
  }

  private void givenBack() {
    long before = gpu.memory().usage().live();
    try (var _ = TensorScope.open()) {
      use(uniform(WEIGHT));
    }
    assertEquals(before, gpu.memory().usage().live());
  }

  private void use(Tensor w) {
    y = backend.convolution().forward(images, w, null, SPEC, Activation.IDENTITY);
    dx = backend.convolution().gradInput(images, w, SPEC, images.shape());
  }

  private void step(Tensor w) {
    use(w);
    backend.pointwise().accumulate(w, change);
  }

  /** That what was computed last is what new weights with the values of {@code w} give. */
  private void expect(Tensor w) {
    float[] gotY = floats(y);
    float[] gotDx = floats(dx);
    use(Tensor.of(backend.memory(), WEIGHT, w.toFloats()));
    assertArrayEquals(floats(y), gotY);
    assertArrayEquals(floats(dx), gotDx);
  }

  private float[] floats(Tensor t) {
    return backend.pointwise().cast(t, DType.FLOAT32).toFloats();
  }

  private long launches(Runnable work) {
    long before = FakeGpu.calls("cuLaunchKernel");
    work.run();
    return FakeGpu.calls("cuLaunchKernel") - before;
  }

  private Tensor uniform(Shape shape) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-1, 1);
    }
    return Tensor.of(backend.memory(), shape, values);
  }
}
