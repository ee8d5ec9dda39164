package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.AdamLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.SgdLoops;
import io.auxgrad.kernels.cpu.simd.SumLoops;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.AdamStep;
import io.auxgrad.tensor.ops.OptimizerOps;
import java.lang.foreign.ValueLayout;
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
      List<Tensor> velocitiesOrNull,
      boolean first,
      Tensor numbers,
      Tensor verdictOrNull) {
    if (isHalted(verdictOrNull)) {
      return;
    }
    Sgd settings = Sgd.of(floats(numbers));
    long[] w = Spans.addresses(parameters);
    long[] g = Spans.addresses(gradients);
    if (velocitiesOrNull == null) {
      each(parameters, (t, at, n) -> SgdLoops.plain(w[t] + at, g[t] + at, settings, n));
    } else {
      long[] v = Spans.addresses(velocitiesOrNull);
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
      Tensor numbers,
      Tensor verdictOrNull) {
    if (isHalted(verdictOrNull)) {
      return;
    }
    long[] w = Spans.addresses(parameters);
    long[] g = Spans.addresses(gradients);
    long[] m = Spans.addresses(means);
    long[] v = Spans.addresses(squares);
    AdamStep step = AdamStep.of(floats(numbers));
    each(
        parameters,
        (t, at, n) -> AdamLoops.step(w[t] + at, g[t] + at, m[t] + at, v[t] + at, step, n));
  }

  @Override
  protected void runAverage(
      List<Tensor> averages, List<Tensor> values, float decay, Tensor verdictOrNull) {
    if (isHalted(verdictOrNull)) {
      return;
    }
    long[] average = Spans.addresses(averages);
    long[] x = Spans.addresses(values);
    each(averages, (t, at, n) -> UpdateLoops.average(average[t] + at, x[t] + at, decay, n));
  }

  @Override
  protected void runClip(Tensor losses, List<Tensor> gradients, double maxNorm, Tensor verdict) {
    if (isHalted(verdict)) {
      return;
    }
    double norm = Math.sqrt(runSumOfSquares(gradients));
    boolean lost = !isFinite(losses);
    float factor = norm + NORM_EPS > maxNorm ? (float) (maxNorm / (norm + NORM_EPS)) : 1;
    if (lost || !Double.isFinite(norm)) {
      write(verdict, 1, lost ? -1 : firstNotFinite(gradients), 1);
    } else {
      write(verdict, 0, -1, factor);
      runScale(gradients, factor);
    }
  }

  private static void write(Tensor verdict, float halted, float culprit, float factor) {
    long to = verdict.address();
    Native.putFloat(to, HALTED, halted);
    Native.putFloat(to, CULPRIT, culprit);
    Native.putFloat(to, FACTOR, factor);
  }

  private static boolean isFinite(Tensor values) {
    for (float value : floats(values)) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private int firstNotFinite(List<Tensor> gradients) {
    int i = 0;
    while (i + 1 < gradients.size()
        && Double.isFinite(runSumOfSquares(gradients.subList(i, i + 1)))) {
      i++;
    }
    return i;
  }

  private static boolean isHalted(Tensor verdictOrNull) {
    return verdictOrNull != null && Native.getFloat(verdictOrNull.address(), HALTED) != 0;
  }

  private static float[] floats(Tensor tensor) {
    return tensor.segment().toArray(ValueLayout.JAVA_FLOAT);
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
