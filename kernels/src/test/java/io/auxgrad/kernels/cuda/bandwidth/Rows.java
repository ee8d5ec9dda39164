package io.auxgrad.kernels.cuda.bandwidth;

import java.util.List;
import java.util.stream.Stream;

/** All rows of the table. */
final class Rows {
  private Rows() {}

  static List<Row> all() {
    return Stream.of(
            PointwiseRows.all(),
            ReductionRows.all(),
            NormalizationRows.all(),
            DepthwiseRows.all(),
            PoolingRows.all(),
            ResizeRows.all(),
            LossRows.all(),
            OptimizerRows.all(),
            IndexingRows.all(),
            ImageRows.all(),
            MetricRows.all())
        .flatMap(List::stream)
        .toList();
  }
}
