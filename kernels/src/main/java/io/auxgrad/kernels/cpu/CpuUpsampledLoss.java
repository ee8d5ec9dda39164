package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.PlanarCosineLoops;
import io.auxgrad.kernels.cpu.simd.PlanarCrossEntropyLoops;
import io.auxgrad.kernels.cpu.simd.PlaneLoops;
import io.auxgrad.kernels.cpu.simd.RegressionLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.LossOps.Penalty;
import io.auxgrad.tensor.ops.ResizeOps.Mode;
import java.util.concurrent.ConcurrentHashMap;

/** Sums of losses over the pixels of predictions that are upsampled row by row. */
final class CpuUpsampledLoss {
  private record Key(int in, int out) {}

  private final CpuContext context;
  private final ConcurrentHashMap<Key, ResizeAxis> axes = new ConcurrentHashMap<>();

  CpuUpsampledLoss(CpuContext context) {
    this.context = context;
  }

  /** What the losses have in common: {@code gradient} may be null, {@code scale} is its factor. */
  record Prediction(Tensor value, Tensor gradient, float scale) {
    int channels() {
      return value.shape().dim(3);
    }

    boolean withGradient() {
      return gradient != null;
    }
  }

  /** The weighted sum of the losses of pixels whose label is not {@code ignoreIndex}. */
  double crossEntropy(Prediction logits, Tensor labels, int ignoreIndex, long classWeights) {
    var upsampling = upsampling(logits.value(), labels, true);
    var problem =
        new PlanarCrossEntropyLoops.Problem(
            logits.channels(),
            upsampling.width(),
            ignoreIndex,
            classWeights,
            logits.scale(),
            logits.withGradient());
    long at = labels.address();
    return sum(
        logits,
        upsampling,
        PlanarCrossEntropyLoops.SCRATCH_PLANES,
        (row, pixel, scratch) ->
            PlanarCrossEntropyLoops.row(problem, row, at + 4 * pixel, scratch));
  }

  /** The sum of the penalties of the valid elements. */
  double regression(Penalty penalty, Prediction prediction, Tensor target, Tensor mask) {
    var upsampling = upsampling(prediction.value(), target, false);
    ErrorRow errors =
        new ErrorRow(
            target.address(),
            mask == null ? 0 : mask.address(),
            prediction.channels(),
            prediction.withGradient(),
            prediction.scale());
    int n = upsampling.fineLength();
    float bend = penalty == Penalty.BERHU ? 0.2f * largest(prediction, upsampling, errors) : 0;
    return sum(
        prediction,
        upsampling,
        0,
        (row, pixel, _) -> RegressionLoops.penalties(errors.of(row, pixel), penalty, bend, 0, n));
  }

  /** The sum of {@code 1 - cos} of the valid pixels. */
  double cosine(Prediction prediction, Tensor target, Tensor mask) {
    var upsampling = upsampling(prediction.value(), target, true);
    int length = prediction.channels();
    var problem =
        new PlanarCosineLoops.Problem(
            length, upsampling.width(), prediction.scale(), prediction.withGradient());
    long at = target.address();
    long valid = mask == null ? 0 : mask.address();
    return sum(
        prediction,
        upsampling,
        PlanarCosineLoops.scratchPlanes(length),
        (row, pixel, scratch) ->
            PlanarCosineLoops.row(
                problem, row, at + 4 * pixel * length, valid == 0 ? 0 : valid + pixel, scratch));
  }

  /** Where to find a row's targets; the gradient takes the prediction's place. */
  private record ErrorRow(long target, long mask, int channels, boolean withGradient, float scale) {
    RegressionLoops.Problem of(long row, long firstPixel) {
      long first = firstPixel * channels;
      return new RegressionLoops.Problem(
          row, target + 4 * first, mask == 0 ? 0 : mask + first, withGradient ? row : 0, scale);
    }
  }

  private float largest(Prediction prediction, Upsampling upsampling, ErrorRow errors) {
    var rows = new UpsampledRows(context, upsampling, prediction.value().shape().dim(0), 0);
    int n = upsampling.fineLength();
    try (var value = new InFloat32(prediction.value())) {
      return (float)
          rows.fold(
              value.read(),
              0,
              Math::max,
              (row, pixel, _) -> RegressionLoops.largest(errors.of(row, pixel), 0, n));
    }
  }

  private double sum(
      Prediction prediction,
      Upsampling upsampling,
      int scratchPlanes,
      UpsampledRows.Visitor visitor) {
    int images = prediction.value().shape().dim(0);
    int scratch = scratchPlanes * PlaneLoops.stride(upsampling.width());
    var rows = new UpsampledRows(context, upsampling, images, scratch);
    try (var value = new InFloat32(prediction.value());
        var gradient = new InFloat32(prediction.gradient())) {
      double sum = rows.fold(value.read(), gradient.address(), Double::sum, visitor);
      gradient.write();
      return sum;
    }
  }

  private Upsampling upsampling(Tensor coarse, Tensor fine, boolean planar) {
    Shape from = coarse.shape();
    Shape to = fine.shape();
    return new Upsampling(
        axis(from.dim(1), to.dim(1)), axis(from.dim(2), to.dim(2)), from.dim(3), planar);
  }

  private ResizeAxis axis(int in, int out) {
    return axes.computeIfAbsent(
        new Key(in, out), k -> ResizeAxis.of(k.in(), k.out(), Mode.BILINEAR));
  }

  /** A tensor's values as float32: in its own memory if it is, else in a copy; null has none. */
  private final class InFloat32 implements AutoCloseable {
    private final Tensor tensor;
    private final Buffer copy;

    InFloat32(Tensor tensorOrNull) {
      tensor = tensorOrNull;
      boolean narrow = tensor != null && tensor.dtype() != DType.FLOAT32;
      copy = narrow ? context.memory().allocate(4 * tensor.size()) : null;
    }

    long address() {
      if (copy != null) {
        return copy.address();
      }
      return tensor == null ? 0 : tensor.address();
    }

    long read() {
      if (copy != null) {
        CastLoops.widen(tensor.address(), copy.address(), size());
      }
      return address();
    }

    void write() {
      if (copy != null) {
        CastLoops.narrow(copy.address(), tensor.address(), size());
      }
    }

    private int size() {
      return Math.toIntExact(tensor.size());
    }

    @Override
    public void close() {
      if (copy != null) {
        context.memory().release(copy);
      }
    }
  }
}
