package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.AngleLoops;
import io.auxgrad.kernels.cpu.simd.DepthErrorLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MetricOps;

/**
 * Sums behind metrics: on one thread and pixel by pixel, so that they are those of one loop over
 * the split.
 */
final class CpuMetric extends MetricOps {
  @Override
  protected void runDepth(
      Tensor prediction, Tensor target, Tensor mask, float minimum, Tensor sums) {
    double[] running = load(sums);
    DepthErrorLoops.add(
        prediction.dtype(),
        prediction.address(),
        target.address(),
        addressOrZero(mask),
        minimum,
        prediction.size(),
        running);
    store(running, sums);
  }

  @Override
  protected void runNormals(
      Tensor prediction, Tensor target, Tensor mask, Tensor sums, Tensor histogram) {
    double[] running = load(sums);
    AngleLoops.add(
        prediction.dtype(),
        prediction.address(),
        target.address(),
        addressOrZero(mask),
        prediction.shape().rows(),
        running,
        histogram.address(),
        Math.toIntExact(histogram.size()));
    store(running, sums);
  }

  @Override
  protected void runAccumulate(Tensor counts, Tensor sums) {
    for (long i = 0; i < counts.size(); i++) {
      Native.addDouble(sums.address(), i, Native.getInt(counts.address(), i));
    }
  }

  private static long addressOrZero(Tensor tensorOrNull) {
    return tensorOrNull == null ? 0 : tensorOrNull.address();
  }

  private static double[] load(Tensor sums) {
    double[] values = new double[Math.toIntExact(sums.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = Native.getDouble(sums.address(), i);
    }
    return values;
  }

  private static void store(double[] values, Tensor sums) {
    for (int i = 0; i < values.length; i++) {
      Native.putDouble(sums.address(), i, values[i]);
    }
  }
}
