package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CrossEntropyLoops;
import io.auxgrad.kernels.cpu.simd.LabelLoops;
import io.auxgrad.kernels.cpu.simd.Native;
import io.auxgrad.kernels.cpu.simd.RegressionLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Losses in one pass with their gradients; sums in float64 over chunks of a fixed size. */
final class CpuLoss extends LossOps {
  /** Rows of logits, and plain elements, that are summed in one go. */
  private static final int LOGIT_CHUNK = 1024;

  private static final int CHUNK = 16384;

  private final CpuContext context;
  private final Widening widening;
  private final CpuUpsampledLoss upsampled;

  CpuLoss(CpuContext context, Widening widening) {
    this.context = context;
    this.widening = widening;
    upsampled = new CpuUpsampledLoss(context);
  }

  private interface ChunkSum {
    double of(long lo, long hi);
  }

  private double sum(long n, int size, ChunkSum body) {
    double[] partial = new double[Workers.chunkCount(n, size)];
    context.workers().chunks(n, size, (chunk, lo, hi) -> partial[chunk] = body.of(lo, hi));
    double sum = 0;
    for (double p : partial) {
      sum += p;
    }
    return sum;
  }

  @Override
  protected void runCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    checkLabels(labels, logits.shape().dim(-1), ignoreIndex);
    wide(result, r -> crossEntropy(widening.of(logits), labels, ignoreIndex, classWeights, r));
  }

  private void crossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    int classes = logits.shape().dim(-1);
    long at = labels.address();
    long weights = addressOrZero(classWeights);
    double total = totalWeight(labels, ignoreIndex, weights);
    // The softmax is made in the gradient's place, so there must be one.
    Buffer spare = result.gradient() == null ? context.memory().allocate(logits.byteSize()) : null;
    try {
      var problem =
          new CrossEntropyLoops.Problem(
              logits.address(),
              at,
              classes,
              ignoreIndex,
              weights,
              spare == null ? result.gradient().address() : spare.address(),
              inverse(total));
      double sum =
          sum(labels.size(), LOGIT_CHUNK, (lo, hi) -> CrossEntropyLoops.rows(problem, lo, hi));
      finish(result, total, sum);
    } finally {
      if (spare != null) {
        context.memory().release(spare);
      }
    }
  }

  @Override
  protected void runRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    wide(result, r -> regression(penalty, widening.of(prediction), target, mask, r));
  }

  private void regression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    long n = prediction.size();
    double valid = countValid(mask, n);
    var problem = problem(prediction, target, mask, result, valid);
    float bend = penalty == Penalty.BERHU ? 0.2f * largestError(problem, n) : 0;
    double total =
        sum(n, CHUNK, (lo, hi) -> RegressionLoops.penalties(problem, penalty, bend, lo, hi));
    finish(result, valid, total);
  }

  @Override
  protected void runCosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    wide(result, r -> cosine(widening.of(prediction), target, mask, r));
  }

  private void cosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    long rows = prediction.shape().rows();
    int length = prediction.shape().dim(-1);
    double valid = countValid(mask, rows);
    var problem = problem(prediction, target, mask, result, valid);
    finish(
        result,
        valid,
        sum(rows, CHUNK, (lo, hi) -> RegressionLoops.cosine(problem, length, lo, hi)));
  }

  /** Runs {@code body} on {@code result} with a gradient in float32, or none if it has none. */
  private void wide(Result result, Consumer<Result> body) {
    widening.run(result.gradient(), gradient -> body.accept(new Result(result.loss(), gradient)));
  }

  @Override
  protected void runUpsampledCrossEntropy(
      Tensor logits, Tensor labels, int ignoreIndex, Tensor classWeights, Result result) {
    checkLabels(labels, logits.shape().dim(3), ignoreIndex);
    long weights = addressOrZero(classWeights);
    double total = totalWeight(labels, ignoreIndex, weights);
    var prediction = prediction(logits, result, total);
    finish(result, total, upsampled.crossEntropy(prediction, labels, ignoreIndex, weights));
  }

  @Override
  protected void runUpsampledRegression(
      Penalty penalty, Tensor prediction, Tensor target, Tensor mask, Result result) {
    double valid = countValid(mask, target.size());
    var p = prediction(prediction, result, valid);
    finish(result, valid, upsampled.regression(penalty, p, target, mask));
  }

  @Override
  protected void runUpsampledCosine(Tensor prediction, Tensor target, Tensor mask, Result result) {
    double valid = countValid(mask, target.shape().rows());
    finish(result, valid, upsampled.cosine(prediction(prediction, result, valid), target, mask));
  }

  private static CpuUpsampledLoss.Prediction prediction(Tensor value, Result result, double total) {
    return new CpuUpsampledLoss.Prediction(value, result.gradient(), inverse(total));
  }

  private void checkLabels(Tensor labels, int classes, int ignoreIndex) {
    Labels.check(
        "cross-entropy", "label", labels, classes, OptionalInt.of(ignoreIndex), context.workers());
  }

  private double totalWeight(Tensor labels, int ignoreIndex, long weights) {
    long at = labels.address();
    return sum(
        labels.size(), CHUNK, (lo, hi) -> LabelLoops.totalWeight(at, ignoreIndex, weights, lo, hi));
  }

  private double countValid(Tensor mask, long n) {
    if (mask == null) {
      return n;
    }
    long at = mask.address();
    return sum(n, CHUNK, (lo, hi) -> RegressionLoops.countValid(at, lo, hi));
  }

  private float largestError(RegressionLoops.Problem problem, long n) {
    float[] partial = new float[Workers.chunkCount(n, CHUNK)];
    context
        .workers()
        .chunks(
            n, CHUNK, (chunk, lo, hi) -> partial[chunk] = RegressionLoops.largest(problem, lo, hi));
    float max = 0;
    for (float p : partial) {
      max = Math.max(max, p);
    }
    return max;
  }

  private static RegressionLoops.Problem problem(
      Tensor prediction, Tensor target, Tensor mask, Result result, double valid) {
    return new RegressionLoops.Problem(
        prediction.address(),
        target.address(),
        addressOrZero(mask),
        addressOrZero(result.gradient()),
        inverse(valid));
  }

  private static long addressOrZero(Tensor tensorOrNull) {
    return tensorOrNull == null ? 0 : tensorOrNull.address();
  }

  private static float inverse(double total) {
    return total == 0 ? 0 : (float) (1 / total);
  }

  private static void finish(Result result, double total, double sum) {
    Native.putFloat(result.loss().address(), 0, total == 0 ? 0 : (float) (sum / total));
  }
}
