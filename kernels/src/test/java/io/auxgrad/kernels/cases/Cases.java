package io.auxgrad.kernels.cases;

import java.util.List;
import java.util.stream.Stream;

/** All cases. */
final class Cases {
  private Cases() {}

  static List<OpCase> all() {
    return Stream.of(
            ConvolutionCases.all(),
            MatmulCases.all(),
            NormalizationCases.all(),
            PoolingCases.all(),
            ResizeCases.all(),
            PointwiseCases.all(),
            ReductionCases.all(),
            LossCases.all(),
            UpsampledLossCases.all(),
            OptimizerCases.all(),
            IndexingCases.all(),
            ImageCases.all(),
            MetricCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
