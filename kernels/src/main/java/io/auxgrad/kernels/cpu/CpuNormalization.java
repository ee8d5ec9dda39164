package io.auxgrad.kernels.cpu;

import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.kernels.cpu.ChannelChunks.ChannelValue;
import io.auxgrad.kernels.cpu.simd.BatchNormLoops;
import io.auxgrad.kernels.cpu.simd.BatchNormLoops.Mask;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.NormalizationOps;

/**
 * Batch normalisation in two passes each way: sums over the pixels, then one pass that normalises,
 * adds the residual and applies the activation. Sums are float64 per chunk, combined in the order
 * of chunks.
 */
final class CpuNormalization extends NormalizationOps {
  private static final int PIVOT_PIXELS = 8;

  private final CpuContext context;

  CpuNormalization(CpuContext context) {
    this.context = context;
  }

  /** An activation as the ends at which it cuts off. */
  private record Range(float low, float high) {
    /** No ends: whatever is compared with NaN is false. */
    static final Range NONE = new Range(Float.NaN, Float.NaN);

    static Range of(Activation activation) {
      return switch (activation) {
        case IDENTITY -> NONE;
        case RELU -> new Range(0, Float.NaN);
        case RELU6 -> new Range(0, 6);
      };
    }
  }

  @Override
  protected void runTrain(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Activation activation,
      Tensor y,
      Tensor mean,
      Tensor invStd) {
    try (ChannelChunks chunks = new ChannelChunks(context, x, 3)) {
      statistics(chunks, x, runningMean, runningVar, momentum, eps, mean, invStd);
      long s = invStd.address();
      normalize(chunks, x, gamma, beta, residual, mean, c -> getFloat(s, c), activation, y);
    }
  }

  @Override
  protected void runInfer(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      Tensor variance,
      float eps,
      Activation activation,
      Tensor y) {
    long v = variance.address();
    try (ChannelChunks chunks = new ChannelChunks(context, x, 2)) {
      normalize(
          chunks,
          x,
          gamma,
          beta,
          residual,
          mean,
          c -> 1 / Math.sqrt(getFloat(v, c) + (double) eps),
          activation,
          y);
    }
  }

  private static void statistics(
      ChannelChunks chunks,
      Tensor x,
      Tensor runningMean,
      Tensor runningVar,
      float momentum,
      float eps,
      Tensor mean,
      Tensor invStd) {
    DType type = x.dtype();
    long pivot = chunks.repeat(2, c -> sample(x, c));
    long sums =
        chunks.sum((lo, n, partial) ->
            BatchNormLoops.moments(type, at(x, lo), n, pivot, chunks.period(), partial));
    double count = x.shape().rows();
    for (int c = 0; c < chunks.channels(); c++) {
      double offset = getDouble(sums, c) / count;
      double variance = Math.max(0, getDouble(sums, chunks.period() + c) / count - offset * offset);
      double average = getFloat(pivot, c) + offset;
      putFloat(mean.address(), c, (float) average);
      putFloat(invStd.address(), c, (float) (1 / Math.sqrt(variance + eps)));
      if (runningMean != null) {
        move(runningMean, c, average, momentum);
        move(runningVar, c, variance * count / (count - 1), momentum);
      }
    }
  }

  // A value near the channel's mean: squares of the distance from it lose nothing to cancellation.
  private static double sample(Tensor x, int channel) {
    long rows = x.shape().rows();
    long step = Math.max(1, rows / PIVOT_PIXELS);
    double sum = 0;
    int taken = 0;
    for (long row = 0; row < rows && taken < PIVOT_PIXELS; row += step) {
      sum += getFloat(x.dtype(), x.address(), row * x.shape().dim(-1) + channel);
      taken++;
    }
    return sum / taken;
  }

  private static void move(Tensor running, int channel, double value, float momentum) {
    double old = getFloat(running.address(), channel);
    putFloat(running.address(), channel, (float) (old + momentum * (value - old)));
  }

  private static void normalize(
      ChannelChunks chunks,
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      Tensor mean,
      ChannelValue invStd,
      Activation activation,
      Tensor y) {
    Range range = Range.of(activation);
    DType type = x.dtype();
    long scale = chunks.repeat(0, scale(gamma, invStd));
    long shift = chunks.repeat(1, shift(gamma, beta, mean, invStd));
    chunks.forEach((lo, n) ->
        BatchNormLoops.normalize(
            type,
            at(x, lo),
            at(residual, lo),
            at(y, lo),
            n,
            scale,
            shift,
            chunks.period(),
            range.low(),
            range.high()));
  }

  private static ChannelValue scale(Tensor gamma, ChannelValue invStd) {
    long g = gamma.address();
    return c -> getFloat(g, c) * invStd.of(c);
  }

  private static ChannelValue shift(Tensor gamma, Tensor beta, Tensor mean, ChannelValue invStd) {
    long g = gamma.address();
    long b = beta.address();
    long m = mean.address();
    return c -> getFloat(b, c) - getFloat(m, c) * getFloat(g, c) * invStd.of(c);
  }

  @Override
  protected void runBackward(
      Tensor dy,
      Tensor x,
      Tensor y,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      boolean batchStatistics,
      Gradients out) {
    try (ChannelChunks chunks = new ChannelChunks(context, x, 6)) {
      Mask mask = mask(chunks, x, y, gamma, beta, mean, invStd, activation);
      new Backward(chunks, x.dtype(), dy, x, mask, mean).run(gamma, invStd, batchStatistics, out);
    }
  }

  private static Mask mask(
      ChannelChunks chunks,
      Tensor x,
      Tensor y,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation) {
    long s = invStd.address();
    ChannelValue perChannel = c -> getFloat(s, c);
    Range range = Range.of(activation);
    return new Mask(
        y == null ? x.address() : y.address(),
        chunks.repeat(4, y == null ? scale(gamma, perChannel) : c -> 1),
        chunks.repeat(5, y == null ? shift(gamma, beta, mean, perChannel) : c -> 0),
        range.low(),
        range.high());
  }

  /** One backward pass. */
  private record Backward(
      ChannelChunks chunks, DType type, Tensor dy, Tensor x, Mask mask, Tensor mean) {
    void run(Tensor gamma, Tensor invStd, boolean batchStatistics, Gradients out) {
      long sums = sums();
      int second = chunks.period();
      long s = invStd.address();
      for (int c = 0; c < chunks.channels(); c++) {
        putFloat(out.beta().address(), c, (float) getDouble(sums, c));
        putFloat(out.gamma().address(), c, (float) (getDouble(sums, second + c) * getFloat(s, c)));
      }
      // dx = gamma * invStd * (dz - mean(dz) - xhat * mean(dz * xhat)), as a * dz + b * x + c;
      // with constant statistics the two means do not appear.
      double count = batchStatistics ? x.shape().rows() : Double.POSITIVE_INFINITY;
      long g = gamma.address();
      long m = mean.address();
      long a = chunks.repeat(1, c -> getFloat(g, c) * getFloat(s, c));
      long b =
          chunks.repeat(
              2,
              c ->
                  -getFloat(a, c)
                      * Math.pow(getFloat(s, c), 2)
                      * getDouble(sums, second + c)
                      / count);
      long rest =
          chunks.repeat(
              3,
              c ->
                  -getFloat(a, c) * getDouble(sums, c) / count
                      - (double) getFloat(b, c) * getFloat(m, c));
      apply(a, b, rest, out);
    }

    private long sums() {
      long m = mean.address();
      long means = chunks.repeat(0, c -> getFloat(m, c));
      return chunks.sum((lo, n, partial) ->
          BatchNormLoops.gradientSums(
              type,
              at(dy, lo),
              at(x, lo),
              mask.from(type, lo),
              n,
              means,
              chunks.period(),
              partial));
    }

    private void apply(long a, long b, long c, Gradients out) {
      chunks.forEach((lo, n) ->
          BatchNormLoops.gradient(
              type,
              at(dy, lo),
              at(x, lo),
              mask.from(type, lo),
              at(out.x(), lo),
              at(out.residual(), lo),
              n,
              a,
              b,
              c,
              chunks.period()));
    }
  }

  /** The address of element {@code i}, 0 without a tensor. */
  private static long at(Tensor t, long i) {
    return t == null ? 0 : t.address() + t.dtype().bytes() * i;
  }
}
