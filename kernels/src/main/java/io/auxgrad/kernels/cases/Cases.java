package io.auxgrad.kernels.cases;

import java.util.List;
import java.util.stream.Stream;

/** All cases. */
public final class Cases {
  private Cases() {}

  /** The cases of every family of the op contract. */
  public static List<OpCase> all() {
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
