package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.AdamLoops;
import io.auxgrad.kernels.cpu.simd.SgdLoops;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.util.List;

/** Optimiser steps; all tensors of a call are one range of work. */
final class CpuOptimizer extends OptimizerOps {
  private static final int GRAIN = 16384;

  private final CpuContext context;

  CpuOptimizer(CpuContext context) {
    this.context = context;
  }

  /** Bodies get byte offsets. */
  private void each(List<Tensor> tensors, Spans.Body body) {
    Spans spans = new Spans(tensors);
    context
        .workers()
        .range(
            spans.size(),
            GRAIN,
            (_, lo, hi) -> spans.forEach(lo, hi, (t, at, n) -> body.run(t, 4 * at, n)));
  }

  @Override
  protected void runSgd(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> velocities,
      boolean first,
      Sgd settings) {
    long[] w = Spans.addresses(parameters);
    long[] g = Spans.addresses(gradients);
    if (settings.momentum() == 0) {
      each(parameters, (t, at, n) -> SgdLoops.plain(w[t] + at, g[t] + at, settings, n));
    } else {
      long[] v = Spans.addresses(velocities);
      each(
          parameters,
          (t, at, n) -> SgdLoops.momentum(w[t] + at, g[t] + at, v[t] + at, first, settings, n));
    }
  }

  @Override
  protected void runAdam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> means,
      List<Tensor> squares,
      long step,
      Adam settings) {
    long[] w = Spans.addresses(parameters);
    long[] g = Spans.addresses(gradients);
    long[] m = Spans.addresses(means);
    long[] v = Spans.addresses(squares);
    AdamStep numbers = AdamStep.of(settings, step);
    each(
        parameters,
        (t, at, n) -> AdamLoops.step(w[t] + at, g[t] + at, m[t] + at, v[t] + at, numbers, n));
  }

  @Override
  protected void runAverage(List<Tensor> averages, List<Tensor> values, float decay) {
    long[] average = Spans.addresses(averages);
    long[] x = Spans.addresses(values);
    each(averages, (t, at, n) -> UpdateLoops.average(average[t] + at, x[t] + at, decay, n));
  }

  @Override
  protected double runSumOfSquares(List<Tensor> tensors) {
    Spans spans = new Spans(tensors);
    long[] x = Spans.addresses(tensors);
    double[] partial = new double[Workers.chunkCount(spans.size(), GRAIN)];
    context
        .workers()
        .chunks(
            spans.size(),
            GRAIN,
            (chunk, lo, hi) ->
                spans.forEach(
                    lo,
                    hi,
                    (t, at, n) -> partial[chunk] += SumLoops.sumOfSquares(x[t] + 4 * at, n)));
    double sum = 0;
    for (double p : partial) {
      sum += p;
    }
    return sum;
  }

  @Override
  protected void runScale(List<Tensor> tensors, float factor) {
    if (factor != 1) {
      long[] x = Spans.addresses(tensors);
      each(tensors, (t, at, n) -> UpdateLoops.scale(x[t] + at, factor, n));
    }
  }
}
