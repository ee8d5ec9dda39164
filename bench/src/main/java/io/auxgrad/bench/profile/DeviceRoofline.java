package io.auxgrad.bench.profile;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.MathMode;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/**
 * The roofline of a device, by ops of its own backend: the faster of large products and large
 * convolutions, and copies. Sizes grow until one takes long enough to be that of a large one, so
 * that a slow device is not kept for minutes.
 */
public final class DeviceRoofline {
  private static final double LONG_ENOUGH = 2e-3;
  private static final double TOGETHER = 50e-3;
  private static final int MOST_ROUNDS = 20;
  private static final int SMALLEST_PRODUCT = 128;
  private static final int LARGEST_PRODUCT = 8192;
  private static final int FEWEST_CHANNELS = 16;
  private static final int MOST_CHANNELS = 512;
  private static final int IMAGES = 2;
  private static final int KERNEL = 3;
  private static final long SMALLEST_COPY = 16L << 20;
  private static final long LARGEST_COPY = 1L << 30;

  private final Backend backend;
  private final MathMode math;
  private final OpTimer timer;

  private DeviceRoofline(Backend backend, MathMode math, OpTimer timer) {
    this.backend = backend;
    this.math = math;
    this.timer = timer;
  }

  /**
   * Measured now; takes some seconds and, at most, a GiB of the device's memory.
   *
   * @param math how what is held against it multiplies float32
   */
  public static Roofline measure(Backend backend, MathMode math) {
    try (OpTimer timer = new OpTimer(backend)) {
      DeviceRoofline device = new DeviceRoofline(backend, math, timer);
      Map<DType, Double> gigaflops = new EnumMap<>(DType.class);
      for (DType type : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
        gigaflops.put(type, device.gigaflops(type));
      }
      NavigableMap<Long, Double> bandwidth = device.copies();
      backend.memory().trim();
      return new Roofline(gigaflops, math, bandwidth);
    }
  }

  /** Operations per nanosecond at best, on factors of {@code type}; measured now. */
  static double gigaflops(Backend backend, MathMode math, DType type) {
    try (OpTimer timer = new OpTimer(backend)) {
      double found = new DeviceRoofline(backend, math, timer).gigaflops(type);
      backend.memory().trim();
      return found;
    }
  }

  private double gigaflops(DType type) {
    return Math.max(products(type), convolutions(type));
  }

  private double products(DType type) {
    return fastest(
        SMALLEST_PRODUCT,
        LARGEST_PRODUCT,
        n -> 2 * n * n * n,
        n -> {
          Tensor a = noise(type, Shape.of(n, n));
          return () -> backend.matmul().multiply(a, false, a, true, type, math);
        });
  }

  private double convolutions(DType type) {
    Conv2dSpec spec = Conv2dSpec.of(1, KERNEL / 2).with(math);
    return fastest(
        FEWEST_CHANNELS,
        MOST_CHANNELS,
        c -> 2 * IMAGES * (c / 2) * (c / 2) * c * c * KERNEL * KERNEL,
        c -> {
          Tensor x = noise(type, Shape.of(IMAGES, c / 2, c / 2, c));
          Tensor w = noise(DType.FLOAT32, Shape.of(c, KERNEL, KERNEL, c));
          return () -> backend.convolution().forward(x, w, null, spec, Activation.IDENTITY);
        });
  }

  /** An op on operands of this size. */
  private interface Sized {
    Runnable of(int size);
  }

  /** The most operations per nanosecond at any size. */
  private double fastest(int smallest, int largest, DoubleUnaryOperator flops, Sized op) {
    double best = 0;
    double seconds = 0;
    for (int size = smallest; size <= largest && seconds < LONG_ENOUGH; size *= 2) {
      try (var _ = TensorScope.open()) {
        seconds = timer.best(op.of(size), MOST_ROUNDS, TOGETHER);
      }
      best = Math.max(best, flops.applyAsDouble(size) / seconds * 1e-9);
    }
    return best;
  }

  /** Bytes per nanosecond, by the size of source and target together. */
  private NavigableMap<Long, Double> copies() {
    NavigableMap<Long, Double> bandwidth = new TreeMap<>();
    double seconds = 0;
    for (long size = SMALLEST_COPY; size <= LARGEST_COPY && seconds < LONG_ENOUGH; size *= 4) {
      try (var _ = TensorScope.open()) {
        Shape half = Shape.of(Math.toIntExact(size / 2 / DType.FLOAT32.bytes()));
        Tensor from = Tensor.zeros(backend.memory(), DType.FLOAT32, half);
        Tensor to = Tensor.zeros(backend.memory(), DType.FLOAT32, half);
        Runnable copy = () -> backend.pointwise().copy(from, to);
        seconds = timer.best(copy, MOST_ROUNDS, TOGETHER);
      }
      bandwidth.put(size, size / seconds * 1e-9);
    }
    return bandwidth;
  }

  /** What a device draws, and so its clock, depends on the bits that it multiplies. */
  private Tensor noise(DType type, Shape shape) {
    int columns = shape.dim(-1);
    int rows = Math.toIntExact(shape.size() / columns);
    Tensor ofRows = Tensor.of(backend.memory(), Shape.of(rows, 1), gaussian(1, rows));
    Tensor ofColumns = Tensor.of(backend.memory(), Shape.of(1, columns), gaussian(2, columns));
    Tensor sum = backend.pointwise().binary(BinaryOp.ADD, ofRows, ofColumns);
    Tensor typed = type == DType.FLOAT32 ? sum : backend.pointwise().cast(sum, type);
    return typed.reshape(shape);
  }

  private static float[] gaussian(int seed, int count) {
    Philox random = new Philox(seed, 0);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }
}
