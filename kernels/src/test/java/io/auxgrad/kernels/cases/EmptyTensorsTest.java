package io.auxgrad.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.FakeGpu;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tensors without elements: each op gives what the mathematics of the empty set says, or one
 * message that names the op, and the same on each backend.
 */
class EmptyTensorsTest {
  /** Elements of what was there before: whoever writes nothing returns it. */
  private static final int[] TRACES = {1, 2, 4, 8, 16, 36, 72, 144, 300, 600};

  @ParameterizedTest
  @ValueSource(strings = {"0,4,3,8", "2,0,3,8", "2,4,0,8", "2,4,3,0", "1,1,1,0", "0,0,0,0"})
  void backendsAgree(String extents) {
    Shape images =
        Shape.of(Arrays.stream(extents.split(",")).mapToInt(Integer::parseInt).toArray());
    String want = outcomes(Backends.cpu(), images);
    for (var target : TestBackends.all()) {
      assertEquals(want, outcomes(target.backend(), images), target.name());
    }
    try (CudaGpu gpu = FakeGpu.open()) {
      assertEquals(want, outcomes(new CudaBackend(gpu), images), "driver");
    }
  }

  private static String outcomes(Backend backend, Shape images) {
    Map<String, String> outcomes = new TreeMap<>();
    EveryOp.of(backend, images)
        .forEach((name, op) -> outcomes.put(name, outcome(backend, name, op)));
    StringJoiner lines = new StringJoiner("\n");
    outcomes.forEach((name, outcome) -> lines.add(name + ": " + outcome));
    return lines.toString();
  }

  private static String outcome(Backend backend, String name, EveryOp.Op op) {
    leaveTraces(backend);
    try (TensorScope _ = TensorScope.open()) {
      StringJoiner results = new StringJoiner("; ");
      for (Tensor result : op.run()) {
        results.add(result.shape() + " " + Arrays.toString(Array64.download(result).data()));
      }
      return results.toString();
    } catch (TensorException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      throw new AssertionError(name, e);
    }
  }

  private static void leaveTraces(Backend backend) {
    try (TensorScope _ = TensorScope.open()) {
      for (int size : TRACES) {
        backend.pointwise().fill(Tensor.empty(backend.memory(), DType.FLOAT32, Shape.of(size)), 9);
      }
    }
  }
}
