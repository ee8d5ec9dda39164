package io.auxgrad.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.auxgrad.tensor.Philox;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.Pool2dSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A chain is what its ops make one by one, byte for byte, also of numbers that are not finite. */
class PoolingChainTest {
  private static final Backend BACKEND = Backends.cpu();
  private static final int STAGES = 4;

  private final Philox random = new Philox(20260101, 11);

  @ParameterizedTest
  @CsvSource({
    "2, 30, 40, 64, 5, 0.5",
    "2, 9, 6, 168, 5, 0.5",
    "1, 8, 5, 160, 5, NaN",
    "1, 9, 3, 16, 5, 0.5",
    "1, 1, 7, 32, 5, 0.5",
    "1, 4, 2, 32, 5, 0.5",
    "1, 8, 9, 21, 5, 0.5",
    "1, 8, 9, 32, 3, 0.5",
    "1, 8, 9, 32, 5, NaN",
    "1, 8, 9, 32, 5, Infinity",
    "1, 8, 9, 32, 5, -Infinity",
    "1, 8, 9, 32, 5, -0.0",
    "1, 8, 9, 32, 5, 3e38"
  })
  void isWhatItsOpsMake(int n, int h, int w, int channels, int kernel, float odd) {
    Pool2dSpec window = new Pool2dSpec(kernel, 1, kernel / 2);
    try (TensorScope _ = TensorScope.open()) {
      Tensor x = uniform(Shape.of(n, h, w, channels), odd);
      List<Tensor> factors = new ArrayList<>();
      for (int stage = 0; stage < STAGES; stage++) {
        factors.add(uniform(Shape.of(channels), 2));
      }
      Tensor chain = BACKEND.pooling().chain(x, window, factors);
      assertArrayEquals(bits(oneByOne(x, window, factors)), bits(chain));
    }
  }

  private Tensor uniform(Shape shape, float odd) {
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(-3, 3);
    }
    values[values.length / 2] = odd;
    return Tensor.of(BACKEND.memory(), shape, values);
  }

  private static Tensor oneByOne(Tensor x, Pool2dSpec window, List<Tensor> factors) {
    int channels = x.shape().dim(3);
    Conv2dSpec each = Conv2dSpec.of(1, 0, 1, channels);
    Tensor sum = x;
    Tensor top = x;
    for (Tensor factor : factors) {
      Tensor pooled = BACKEND.pooling().max(top, window, false).y();
      Tensor weight = factor.reshape(Shape.of(channels, 1, 1, 1));
      top = BACKEND.convolution().forward(pooled, weight, null, each, Activation.IDENTITY);
      sum = BACKEND.pointwise().binary(BinaryOp.ADD, sum, top);
    }
    return sum;
  }

  private static int[] bits(Tensor t) {
    float[] values = t.toFloats();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }
}
