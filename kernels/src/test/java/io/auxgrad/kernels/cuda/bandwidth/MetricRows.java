package io.auxgrad.kernels.cuda.bandwidth;

import static io.auxgrad.tensor.DType.FLOAT32;
import static io.auxgrad.tensor.DType.FLOAT64;
import static io.auxgrad.tensor.DType.INT32;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MetricOps;
import java.util.List;

/** Sums behind metrics, whose arithmetic in float64 counts too. */
final class MetricRows {
  private static final int BINS = 1801;

  private MetricRows() {}

  static List<Row> all() {
    return List.of(
        Row.of(
            "sums of depth",
            Traffic.ONCE,
            b -> {
              Tensor prediction = b.map(240, 320, 1);
              Tensor target = b.targets(240, 320, 1);
              Tensor mask = b.mask(240, 320);
              Tensor sums = b.zeros(FLOAT64, MetricOps.DEPTH_SUMS);
              return () -> b.ops().metric().depth(prediction, target, mask, 1e-3f, sums);
            }),
        Row.of(
            "sums of normals",
            Traffic.ONCE,
            b -> {
              Tensor prediction = b.map(240, 320, 3);
              Tensor target = b.targets(240, 320, 3);
              Tensor mask = b.mask(240, 320);
              Tensor sums = b.zeros(FLOAT64, MetricOps.NORMALS_SUMS);
              Tensor histogram = b.zeros(INT32, BINS);
              return () -> b.ops().metric().normals(prediction, target, mask, sums, histogram);
            }),
        Row.only(
            FLOAT32,
            "sums of counts",
            Traffic.twice(1),
            b -> {
              Tensor counts = b.labels(INT32, 240, 320, BINS);
              Tensor sums = b.zeros(FLOAT64, counts.shape().dims());
              return () -> b.ops().metric().accumulate(counts, sums);
            }));
  }
}
