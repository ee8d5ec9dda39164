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
import io.auxgrad.tensor.ops.MetricOps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuMetricTest {
  private final TensorScope scope = TensorScope.open();
  private final DeviceMemory memory = Backends.cpu().memory();
  private final MetricOps metric = Backends.cpu().metric();
  private final Tensor map = Tensor.zeros(memory, DType.FLOAT32, Shape.of(2, 4, 5, 1));
  private final Tensor sums = Tensor.zeros(memory, DType.FLOAT64, Shape.of(MetricOps.DEPTH_SUMS));

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @Test
  void namesWhatIsWrongWithItsArguments() {
    Tensor mask = Tensor.zeros(memory, DType.UINT8, Shape.of(2, 4, 4));
    Tensor counts = Tensor.zeros(memory, DType.INT32, Shape.of(181));
    refuses(
        "depth sums: mask [2,4,4] needs 40 elements", () -> metric.depth(map, map, mask, 1, sums));
    refuses(
        "depth sums: minimum 0.0 must be positive", () -> metric.depth(map, map, null, 0, sums));
    refuses(
        "depth sums: sums is FLOAT32, expected FLOAT64",
        () -> metric.depth(map, map, null, 1, map));
    refuses(
        "normals sums: prediction [2,4,5,1] must be [N,...,3]",
        () -> metric.normals(map, map, null, sums, counts));
    refuses(
        "sums of counts: counts [181] and sums [9] differ", () -> metric.accumulate(counts, sums));
    refuses(
        "sums of counts: counts is FLOAT64, expected INT32", () -> metric.accumulate(sums, sums));
  }

  private static void refuses(String message, Runnable op) {
    assertEquals(message, assertThrows(TensorException.class, op::run).getMessage());
  }
}
