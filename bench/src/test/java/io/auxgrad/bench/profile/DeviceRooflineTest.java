package io.auxgrad.bench.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.bench.report.Spread;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import io.auxgrad.tensor.ops.MathMode;
import io.auxgrad.tensor.ops.MatmulOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of a device, by one that computes nothing. */
final class DeviceRooflineTest {
  /** Longer than an op that is large enough, so that no larger one is tried. */
  private static final long NANOS = 3_000_000;

  private final Set<MathMode> products = EnumSet.noneOf(MathMode.class);
  private final Set<MathMode> convolutions = EnumSet.noneOf(MathMode.class);

  @ParameterizedTest
  @CsvSource({"FP32, F32", "TF32, TF32"})
  void float32IsMultipliedAsInTheStepThatIsHeldAgainstIt(MathMode math, String name) {
    Roofline roofline = DeviceRoofline.measure(device(), math);
    assertEquals(Set.of(math), products);
    assertEquals(Set.of(math), convolutions);
    assertEquals(math, roofline.math());
    String said = new ProfileText(nothing(roofline)).toString();
    assertTrue(
        said.matches("(?s)roofline: \\S+ GFLOP/s on " + name + ", \\S+ .* on BF16, .*"), said);
    assertTrue(roofline.gigaflops().get(DType.FLOAT32) > 0);
  }

  private static StepProfile nothing(Roofline roofline) {
    Spread spread = new Spread(1, 1, 1);
    return new StepProfile(Device.CPU, roofline, 1, spread, 1, 1, 0, List.of(), List.of());
  }

  /** The processor, but for products and convolutions. */
  private Backend device() {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, arguments) -> {
              try {
                return switch (method.getName()) {
                  case "matmul" -> new Products();
                  case "convolution" -> new Convolutions();
                  default -> method.invoke(Backends.cpu(), arguments);
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private final class Products extends MatmulOps {
    @Override
    protected void runMultiply(
        Tensor a, boolean transposeA, Tensor b, boolean transposeB, MathMode math, Tensor out) {
      products.add(math);
      LockSupport.parkNanos(NANOS);
    }
  }

  private final class Convolutions extends ConvolutionOps {
    @Override
    protected void runForward(
        Tensor x,
        Tensor w,
        Tensor bias,
        Conv2dSpec spec,
        Tensor residual,
        Activation activation,
        Tensor y) {
      convolutions.add(spec.math());
      LockSupport.parkNanos(NANOS);
    }

    @Override
    protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
      throw new AssertionError("not a part of a roofline");
    }

    @Override
    protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
      throw new AssertionError("not a part of a roofline");
    }
  }
}
