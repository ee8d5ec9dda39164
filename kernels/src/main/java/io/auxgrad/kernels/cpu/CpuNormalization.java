package io.auxgrad.kernels.cpu;

import static io.auxgrad.kernels.cpu.simd.ChannelTable.FACTOR;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.MEAN;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.REST;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SCALE;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SHIFT;
import static io.auxgrad.kernels.cpu.simd.ChannelTable.SLOPE;
import static io.auxgrad.kernels.cpu.simd.Native.getDouble;
import static io.auxgrad.kernels.cpu.simd.Native.getFloat;
import static io.auxgrad.kernels.cpu.simd.Native.putFloat;

import io.auxgrad.kernels.cpu.simd.BatchNormLoops;
import io.auxgrad.kernels.cpu.simd.ChannelTable;
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
    try (ChannelChunks chunks = new ChannelChunks(context, x)) {
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
    try (ChannelChunks chunks = new ChannelChunks(context, x)) {
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
    try (ChannelChunks chunks = new ChannelChunks(context, x)) {
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
    ChannelTable table = chunks.table();
    long pivot = table.kind(MEAN);
    chunks.sample(x, PIVOT_PIXELS, pivot);
    table.repeat(MEAN, chunks.channels());
    pack(table, type, MEAN, MEAN);
    long sums =
        chunks.sum((lo, n, partial) -> BatchNormLoops.moments(type, at(x, lo), n, table, partial));
    long squares = sums + (long) chunks.period() * Double.BYTES;
    double count = x.shape().rows();
    // Here as in all loops over channels: with a tensor's checks in it a loop takes the compiler
    // tens of megabytes, and is thrown away and compiled anew without end where it guesses wrong.
    long means = mean.address();
    long invStds = invStd.address();
    long runningMeans = at(runningMean, 0);
    long runningVars = at(runningVar, 0);
    for (int c = 0; c < chunks.channels(); c++) {
      double offset = getDouble(sums, c) / count;
      double variance = Math.max(0, getDouble(squares, c) / count - offset * offset);
      double average = getFloat(pivot, c) + offset;
      putFloat(means, c, (float) average);
      putFloat(invStds, c, (float) (1 / Math.sqrt(variance + eps)));
      if (runningMeans != 0) {
        move(runningMeans, c, average, momentum);
        move(runningVars, c, variance * count / (count - 1), momentum);
      }
    }
  }

  private static void move(long running, int channel, double value, float momentum) {
    double old = getFloat(running, channel);
    putFloat(running, channel, (float) (old + momentum * (value - old)));
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
    ChannelTable table = chunks.table();
    scaleAndShift(chunks, gamma, beta, mean, invStd);
    pack(table, type, SCALE, SHIFT);
    chunks.forEach((lo, n) ->
        BatchNormLoops.normalize(
            type, at(x, lo), at(residual, lo), at(y, lo), n, table, range.low(), range.high()));
  }

  /** Sets scales and shifts to what normalises {@code x}. */
  private static void scaleAndShift(
      ChannelChunks chunks, Tensor gamma, Tensor beta, Tensor mean, InvStd invStd) {
    ChannelTable table = chunks.table();
    long gammas = gamma.address();
    long betas = beta.address();
    long means = mean.address();
    for (int c = 0; c < chunks.channels(); c++) {
      float g = getFloat(gammas, c);
      double s = invStd.of(c);
      table.set(SCALE, c, (float) (g * s));
      float product = getFloat(means, c) * g;
      table.set(SHIFT, c, (float) (getFloat(betas, c) - product * s));
    }
    table.repeat(SCALE, chunks.channels());
    table.repeat(SHIFT, chunks.channels());
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
    try (ChannelChunks chunks = new ChannelChunks(context, x)) {
      if (y == null) {
        scaleAndShift(chunks, gamma, beta, mean, InvStd.given(invStd));
      } else {
        UpdateLoops.fill(chunks.table().kind(SCALE), 1, chunks.period());
        UpdateLoops.fill(chunks.table().kind(SHIFT), 0, chunks.period());
      }
      Native.copy(mean.address(), chunks.table().kind(MEAN), mean.byteSize());
      chunks.table().repeat(MEAN, chunks.channels());
      Tensor source = y == null ? x : y;
      Backward backward = new Backward(chunks, dy, x, source, Range.of(activation), mean);
      if (batchStatistics || out.residual() != null) {
        backward.run(gamma, invStd, batchStatistics, out);
      } else {
        backward.runAtOnce(gamma, invStd, out);
      }
    }
  }

  /** One backward pass; the table says where the activation cuts off, and has the means. */
  private record Backward(
      ChannelChunks chunks, Tensor dy, Tensor x, Tensor source, Range range, Tensor mean) {
    void run(Tensor gamma, Tensor invStd, boolean batchStatistics, Gradients out) {
      ChannelTable table = chunks.table();
      pack(table, x.dtype(), SCALE, MEAN);
      long sums = sums();
      long products = sums + (long) chunks.period() * Double.BYTES;
      // dx = gamma * invStd * (dz - mean(dz) - xhat * mean(dz * xhat)), as factor * dz + slope * x
      // +
      // rest; with constant statistics the two means do not appear.
      double count = batchStatistics ? x.shape().rows() : Double.POSITIVE_INFINITY;
      long gammas = gamma.address();
      long invStds = invStd.address();
      long means = mean.address();
      long ofGamma = out.gamma().address();
      long ofBeta = out.beta().address();
      for (int c = 0; c < chunks.channels(); c++) {
        double sum = getDouble(sums, c);
        double product = getDouble(products, c);
        float s = getFloat(invStds, c);
        float factor = getFloat(gammas, c) * s;
        float slope = (float) (-factor * ((double) s * s) * product / count);
        double average = getFloat(means, c);
        putFloat(ofBeta, c, (float) sum);
        putFloat(ofGamma, c, (float) (product * s));
        table.set(FACTOR, c, factor);
        table.set(SLOPE, c, slope);
        table.set(REST, c, (float) (-factor * sum / count - slope * average));
      }
      for (int kind = FACTOR; kind <= REST; kind++) {
        table.repeat(kind, chunks.channels());
      }
      pack(table, x.dtype(), FACTOR, REST);
      apply(out);
    }

    /** With constant statistics, of which {@code dx} needs no sums. */
    void runAtOnce(Tensor gamma, Tensor invStd, Gradients out) {
      ChannelTable table = chunks.table();
      long gammas = gamma.address();
      long invStds = invStd.address();
      for (int c = 0; c < chunks.channels(); c++) {
        table.set(FACTOR, c, getFloat(gammas, c) * getFloat(invStds, c));
      }
      table.repeat(FACTOR, chunks.channels());
      pack(table, x.dtype(), SCALE, FACTOR);
      long sums =
          chunks.sum((lo, n, partial) ->
              BatchNormLoops.gradientAndSums(
                  x.dtype(),
                  at(dy, lo),
                  at(x, lo),
                  at(source, lo),
                  at(out.x(), lo),
                  n,
                  table,
                  range.low(),
                  range.high(),
                  partial));
      long products = sums + (long) chunks.period() * Double.BYTES;
      long ofGamma = out.gamma().address();
      long ofBeta = out.beta().address();
      for (int c = 0; c < chunks.channels(); c++) {
        putFloat(ofBeta, c, (float) getDouble(sums, c));
        float s = getFloat(invStds, c);
        putFloat(ofGamma, c, (float) (getDouble(products, c) * s));
      }
    }

    private long sums() {
      return chunks.sum((lo, n, partial) ->
          BatchNormLoops.gradientSums(
              x.dtype(),
              at(dy, lo),
              at(x, lo),
              at(source, lo),
              n,
              chunks.table(),
              range.low(),
              range.high(),
              partial));
    }

    private void apply(Gradients out) {
      chunks.forEach((lo, n) ->
          BatchNormLoops.gradient(
              x.dtype(),
              at(dy, lo),
              at(x, lo),
              at(source, lo),
              at(out.x(), lo),
              at(out.residual(), lo),
              n,
              chunks.table(),
              range.low(),
              range.high()));
    }
  }

  private static void pack(ChannelTable table, DType type, int firstKind, int lastKind) {
    if (type == DType.BFLOAT16) {
      table.pack(firstKind, lastKind);
    }
  }

  /** The address of element {@code i}, 0 without a tensor. */
  private static long at(Tensor t, long i) {
    return t == null ? 0 : t.address() + t.dtype().bytes() * i;
  }
}
