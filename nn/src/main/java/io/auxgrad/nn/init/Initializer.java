package io.auxgrad.nn.init;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.DeviceMemory;
import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.function.DoubleSupplier;

/**
 * Fills a float32 weight before training. The values depend on the generator's state alone, not on
 * threads or device.
 */
@FunctionalInterface
public interface Initializer {
  /** The values of a weight of {@code shape}, row-major, drawn from {@code random}. */
  float[] values(Shape shape, Philox random);

  /** A new tensor of {@code shape} with these values. */
  default Tensor create(DeviceMemory memory, Shape shape, Philox random) {
    return Tensor.empty(memory, DType.FLOAT32, shape).set(values(shape, random));
  }

  /**
   * What PyTorch gives the weights of its linear and convolution layers: {@link #kaimingUniform}
   * with {@code a = sqrt 5}.
   */
  static Initializer torchDefault() {
    return kaimingUniform(Math.sqrt(5));
  }

  /**
   * Uniform in {@code +-sqrt(6 / ((1 + a^2) fan_in))} (He et al., "Delving deep into rectifiers",
   * 2015).
   *
   * @param a negative slope of the leaky ReLU that follows; 0 for ReLU
   */
  static Initializer kaimingUniform(double a) {
    return (shape, random) ->
        uniform(shape, random, Math.sqrt(6 / ((1 + a * a) * Fan.of(shape).in())));
  }

  /**
   * Normal with standard deviation {@code sqrt(2 / fan)}, for layers followed by ReLU (He et al.,
   * 2015).
   */
  static Initializer kaimingNormal(Fan.Mode mode) {
    return (shape, random) -> normal(shape, random, Math.sqrt(2.0 / Fan.of(shape).get(mode)));
  }

  /**
   * Uniform in {@code +-sqrt(6 / (fan_in + fan_out))} (Glorot and Bengio, "Understanding the
   * difficulty of training deep feedforward neural networks", 2010).
   */
  static Initializer xavierUniform() {
    return (shape, random) -> uniform(shape, random, Math.sqrt(6.0 / fanSum(shape)));
  }

  /**
   * Normal with standard deviation {@code sqrt(2 / (fan_in + fan_out))} (Glorot and Bengio, 2010).
   */
  static Initializer xavierNormal() {
    return (shape, random) -> normal(shape, random, Math.sqrt(2.0 / fanSum(shape)));
  }

  /** Normal with mean 0. */
  static Initializer normal(double standardDeviation) {
    return (shape, random) -> normal(shape, random, standardDeviation);
  }

  /** Uniform in {@code [-bound, bound)}. */
  static Initializer uniform(double bound) {
    return (shape, random) -> uniform(shape, random, bound);
  }

  /** The same value everywhere; draws nothing. */
  static Initializer constant(double value) {
    return (shape, random) -> fill(shape, () -> value);
  }

  private static double fanSum(Shape shape) {
    Fan fan = Fan.of(shape);
    return (double) fan.in() + fan.out();
  }

  private static float[] uniform(Shape shape, Philox random, double bound) {
    return fill(shape, () -> random.uniform((float) -bound, (float) bound));
  }

  private static float[] normal(Shape shape, Philox random, double standardDeviation) {
    return fill(shape, () -> standardDeviation * random.nextGaussian());
  }

  private static float[] fill(Shape shape, DoubleSupplier draw) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw.getAsDouble();
    }
    return values;
  }
}
