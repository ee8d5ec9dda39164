package io.auxgrad.kernels.cpu;

import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops;
import io.auxgrad.kernels.cpu.simd.BatchNormLoops.Mask;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.UpdateLoops;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.NormalizationOps;

/**
 * Batch normalisation in two passes each way: sums over the pixels, then one pass that normalises,
 * adds the residual and applies the activation; in one where statistics are constant. Sums are
 * float64 per chunk, combined in the order of chunks.
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

  /** One over the standard deviations: given at {@code address}, or those of variances there. */
  private record InvStd(long address, boolean ofVariance, double eps) {
    static InvStd given(Tensor invStd) {
      return new InvStd(invStd.address(), false, 0);
    }

    double of(int c) {
      double value = getFloat(address, c);
      return ofVariance ? 1 / Math.sqrt(value + eps) : value;
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
      normalize(chunks, x, gamma, beta, residual, mean, InvStd.given(invStd), activation, y);
    }
  }

  @Override
  protected void runNormalize(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation,
      Tensor y) {
    try (ChannelChunks chunks = new ChannelChunks(context, x, 2)) {
      normalize(chunks, x, gamma, beta, null, mean, InvStd.given(invStd), activation, y);
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
    try (ChannelChunks chunks = new ChannelChunks(context, x, 2)) {
      normalize(
          chunks,
          x,
          gamma,
          beta,
          residual,
          mean,
          new InvStd(variance.address(), true, eps),
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
    // Near the channels' means: squares of distances from there lose nothing to cancellation.
    long pivot = chunks.slot(2);
    chunks.sample(x, PIVOT_PIXELS, pivot);
    chunks.repeat(pivot);
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
      InvStd invStd,
      Activation activation,
      Tensor y) {
    Range range = Range.of(activation);
    DType type = x.dtype();
    long scale = chunks.slot(0);
    long shift = chunks.slot(1);
    scaleAndShift(chunks, gamma, beta, mean, invStd, scale, shift);
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

  /** Sets the slots at {@code scale} and {@code shift} to what normalises {@code x}. */
  private static void scaleAndShift(
      ChannelChunks chunks,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      InvStd invStd,
      long scale,
      long shift) {
    for (int c = 0; c < chunks.channels(); c++) {
      float g = getFloat(gamma.address(), c);
      double s = invStd.of(c);
      putFloat(scale, c, (float) (g * s));
      float product = getFloat(mean.address(), c) * g;
      putFloat(shift, c, (float) (getFloat(beta.address(), c) - product * s));
    }
    chunks.repeat(scale);
    chunks.repeat(shift);
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
      Tensor source = y == null ? x : y;
      Mask mask = mask(chunks, y == null, gamma, beta, mean, invStd, activation);
      Backward backward = new Backward(chunks, x.dtype(), dy, x, source, mask, mean);
      if (batchStatistics || out.residual() != null) {
        backward.run(gamma, invStd, batchStatistics, out);
      } else {
        backward.runAtOnce(gamma, invStd, out);
      }
    }
  }

  private static Mask mask(
      ChannelChunks chunks,
      boolean fromInput,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor invStd,
      Activation activation) {
    long scale = chunks.slot(4);
    long shift = chunks.slot(5);
    if (fromInput) {
      scaleAndShift(chunks, gamma, beta, mean, InvStd.given(invStd), scale, shift);
    } else {
      UpdateLoops.fill(scale, 1, chunks.period());
      UpdateLoops.fill(shift, 0, chunks.period());
    }
    Range range = Range.of(activation);
    return new Mask(scale, shift, range.low(), range.high());
  }

  /** One backward pass. */
  private record Backward(
      ChannelChunks chunks,
      DType type,
      Tensor dy,
      Tensor x,
      Tensor source,
      Mask mask,
      Tensor mean) {
    void run(Tensor gamma, Tensor invStd, boolean batchStatistics, Gradients out) {
      long sums = sums();
      long products = sums + (long) chunks.period() * Double.BYTES;
      long a = chunks.slot(1);
      long b = chunks.slot(2);
      long rest = chunks.slot(3);
      // dx = gamma * invStd * (dz - mean(dz) - xhat * mean(dz * xhat)), as a * dz + b * x + rest;
      // with constant statistics the two means do not appear.
      double count = batchStatistics ? x.shape().rows() : Double.POSITIVE_INFINITY;
      for (int c = 0; c < chunks.channels(); c++) {
        double sum = getDouble(sums, c);
        double product = getDouble(products, c);
        float s = getFloat(invStd.address(), c);
        float factor = getFloat(gamma.address(), c) * s;
        float slope = (float) (-factor * ((double) s * s) * product / count);
        double average = getFloat(mean.address(), c);
        putFloat(out.beta().address(), c, (float) sum);
        putFloat(out.gamma().address(), c, (float) (product * s));
        putFloat(a, c, factor);
        putFloat(b, c, slope);
        putFloat(rest, c, (float) (-factor * sum / count - slope * average));
      }
      chunks.repeat(a);
      chunks.repeat(b);
      chunks.repeat(rest);
      apply(a, b, rest, out);
    }

    /** With constant statistics, of which {@code dx} needs no sums. */
    void runAtOnce(Tensor gamma, Tensor invStd, Gradients out) {
      long means = means();
      long a = chunks.slot(1);
      for (int c = 0; c < chunks.channels(); c++) {
        putFloat(a, c, getFloat(gamma.address(), c) * getFloat(invStd.address(), c));
      }
      chunks.repeat(a);
      long sums =
          chunks.sum((lo, n, partial) ->
              BatchNormLoops.gradientAndSums(
                  type,
                  at(dy, lo),
                  at(x, lo),
                  at(source, lo),
                  mask,
                  at(out.x(), lo),
                  n,
                  a,
                  means,
                  chunks.period(),
                  partial));
      long products = sums + (long) chunks.period() * Double.BYTES;
      for (int c = 0; c < chunks.channels(); c++) {
        putFloat(out.beta().address(), c, (float) getDouble(sums, c));
        float s = getFloat(invStd.address(), c);
        putFloat(out.gamma().address(), c, (float) (getDouble(products, c) * s));
      }
    }

    private long means() {
      long means = chunks.slot(0);
      Native.copy(mean.address(), means, mean.byteSize());
      chunks.repeat(means);
      return means;
    }

    private long sums() {
      long means = means();
      return chunks.sum((lo, n, partial) ->
          BatchNormLoops.gradientSums(
              type,
              at(dy, lo),
              at(x, lo),
              at(source, lo),
              mask,
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
              at(source, lo),
              mask,
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
