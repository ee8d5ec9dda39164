package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.MatmulPlans.Factor;
import io.auxgrad.kernels.cpu.simd.CastLoops;
import io.auxgrad.kernels.cpu.simd.TapLoops;
import io.auxgrad.tensor.Buffer;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.function.LongConsumer;

/**
 * Convolutions to a few channels, as heads of networks have them: a product of pixels and weights
 * gives every tap of every output channel, and the {@linkplain ShiftedTaps shifted taps} are
 * summed. A convolution would compute a whole vector of output channels of which few are used.
 */
final class NarrowConvolution {
  // Measured on 30x40 pixels of 256 channels: 1 to 4 outputs take 0.2 to 0.5 of a convolution's
  // time, 13 all of it in bfloat16, 0.8 in float32, and half of it for the gradient of the weights.
  // 6 and 13 outputs gain from 128 channels on; 8 and 16 nothing: oneDNN computes 16 faster than
  // 13. Input gradients gain nothing.
  private static final int MOST_OUTPUTS = 4;
  private static final int MOST_OUTPUTS_IN_FLOAT32 = 16;
  private static final int BLOCK = 8;
  private static final int MANY_CHANNELS = 128;
  private static final int LEAST_CHANNELS = 64;
  private static final int GRAIN = 16;

  private final CpuContext context;
  private final CpuMatmul matmul;

  NarrowConvolution(CpuContext context, CpuMatmul matmul) {
    this.context = context;
    this.matmul = matmul;
  }

  /** Whether a convolution is one of those. */
  static boolean suits(Tensor x, Shape w, Conv2dSpec spec) {
    int outputs = w.dim(0);
    boolean pays = outputs % BLOCK != 0 && w.dim(3) >= MANY_CHANNELS;
    return hasTaps(w, spec) && (outputs <= MOST_OUTPUTS || (pays && outputs <= mostOutputs(x)));
  }

  /** Whether the gradient of a convolution's weights is one of those. */
  static boolean suitsGradWeight(Tensor x, Shape w, Conv2dSpec spec) {
    return hasTaps(w, spec) && w.dim(0) <= mostOutputs(x);
  }

  private static int mostOutputs(Tensor x) {
    return x.dtype() == DType.FLOAT32 ? MOST_OUTPUTS_IN_FLOAT32 : MOST_OUTPUTS;
  }

  private static boolean hasTaps(Shape w, Conv2dSpec spec) {
    return w.dim(1) * w.dim(2) > 1
        && w.dim(3) >= LEAST_CHANNELS
        && spec.strideH() == 1
        && spec.strideW() == 1
        && spec.groups() == 1;
  }

  void forward(Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Activation activation, Tensor y) {
    ShiftedTaps taps = new ShiftedTaps(x.shape(), w.shape(), spec);
    scratch(
        bytes(taps.shape()) + TapLoops.MARGIN_BYTES,
        products -> {
          multiply(x, w, taps, products);
          long biasOrNone = bias == null ? 0 : bias.address();
          writing(y, target -> sum(taps, products, biasOrNone, activation, target));
        });
  }

  private void multiply(Tensor x, Tensor w, ShiftedTaps taps, long products) {
    scratch(
        w.byteSize(),
        ordered -> {
          taps.order(w.address(), (long) Float.BYTES * w.shape().dim(3), ordered);
          matmul.multiply(
              pixels(x.shape(), x.dtype()),
              weights(w.shape()),
              taps.shape(),
              DType.FLOAT32,
              x.address(),
              ordered,
              products);
        });
  }

  private void sum(ShiftedTaps taps, long products, long bias, Activation activation, long y) {
    long bytes = Math.ceilDiv(taps.scratchBytes(), 64) * 64;
    scratch(
        bytes * context.workers().threads(),
        rooms ->
            context
                .workers()
                .range(
                    taps.outputRows(),
                    GRAIN,
                    (worker, lo, hi) -> {
                      long room = rooms + bytes * worker;
                      taps.sum(products, bias, activation, y, (int) lo, (int) hi, room);
                    }));
  }

  void gradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    ShiftedTaps taps = new ShiftedTaps(x.shape(), dw.shape(), spec);
    reading(
        dy,
        source -> {
          scratch(
              bytes(taps.transposed()), gradients -> gradWeight(taps, source, gradients, x, dw));
          if (dbias != null) {
            taps.sumBias(source, dbias.address());
          }
        });
  }

  private void gradWeight(ShiftedTaps taps, long dy, long gradients, Tensor x, Tensor dw) {
    context
        .workers()
        .range(
            taps.inputRows(), GRAIN, (_, lo, hi) -> taps.fill(gradients, dy, (int) lo, (int) hi));
    matmul.multiply(
        new Factor(taps.transposed(), false, DType.FLOAT32),
        pixels(x.shape(), x.dtype()),
        weights(dw.shape()).shape(),
        DType.FLOAT32,
        gradients,
        x.address(),
        dw.address());
  }

  private static Factor pixels(Shape image, DType type) {
    return new Factor(Shape.of(Math.toIntExact(image.rows()), image.dim(3)), false, type);
  }

  /** Transposed. */
  private static Factor weights(Shape w) {
    return new Factor(Shape.of(Math.toIntExact(w.rows()), w.dim(3)), true, DType.FLOAT32);
  }

  /** Gives {@code body} the values of {@code t} in float32. */
  private void reading(Tensor t, LongConsumer body) {
    if (t.dtype() == DType.FLOAT32) {
      body.accept(t.address());
    } else {
      scratch(
          bytes(t.shape()),
          wide -> {
            CastLoops.cast(t.dtype(), t.address(), DType.FLOAT32, wide, t.size());
            body.accept(wide);
          });
    }
  }

  /** Lets {@code body} write {@code t} in float32. */
  private void writing(Tensor t, LongConsumer body) {
    if (t.dtype() == DType.FLOAT32) {
      body.accept(t.address());
    } else {
      scratch(
          bytes(t.shape()),
          wide -> {
            body.accept(wide);
            CastLoops.cast(DType.FLOAT32, wide, t.dtype(), t.address(), t.size());
          });
    }
  }

  /** Of a shape in float32. */
  private static long bytes(Shape shape) {
    return shape.size() * Float.BYTES;
  }

  private void scratch(long bytes, LongConsumer body) {
    Buffer buffer = context.memory().allocate(bytes);
    try {
      body.accept(buffer.address());
    } finally {
      context.memory().release(buffer);
    }
  }
}
