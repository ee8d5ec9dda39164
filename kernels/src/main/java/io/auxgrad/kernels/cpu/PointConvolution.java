package io.auxgrad.kernels.cpu;

import io.auxgrad.kernels.cpu.onednn.MatmulPlans.Factor;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;

/**
 * Convolutions of single pixels (kernel 1x1, stride 1) as plain matrix products, for images of few
 * pixels: there a convolution's time goes into bringing weights and their gradients into its layout
 * and back, which products do without. So do gradients of weights in bfloat16 between many
 * channels.
 */
final class PointConvolution {
  // Measured: at 80 pixels products take 0.8 of a convolution's time, at 320 0.95 and at 1200 more.
  private static final int MOST_PIXELS = 512;

  // Gradients of weights in bfloat16 between so many channels, measured at 1200 to 38400 pixels:
  // 0.65 to 0.8 of a convolution's time on AMX, all of it without; between fewer channels more.
  private static final int MANY_CHANNELS = 64;

  private static final Conv2dSpec POINT = Conv2dSpec.of(1, 0);

  private final CpuMatmul matmul;

  PointConvolution(CpuMatmul matmul) {
    this.matmul = matmul;
  }

  /** Whether a gradient without bias is one of those. */
  static boolean suits(Shape x, Shape w, Conv2dSpec spec) {
    return suits(w, spec) && x.rows() <= MOST_PIXELS;
  }

  private static boolean suits(Shape w, Conv2dSpec spec) {
    return w.dim(1) == 1 && w.dim(2) == 1 && spec.equals(POINT);
  }

  /** Whether a gradient of weights without bias is one of those. */
  static boolean suitsGradWeight(Tensor x, Tensor dy, Shape w, Conv2dSpec spec) {
    boolean many =
        x.dtype() == DType.BFLOAT16
            && dy.dtype() == DType.BFLOAT16
            && Math.min(w.dim(0), w.dim(3)) >= MANY_CHANNELS;
    return suits(w, spec) && (many || x.shape().rows() <= MOST_PIXELS);
  }

  /** Whether a convolution is one of those. */
  static boolean suits(Tensor x, Tensor w, Tensor bias, Conv2dSpec spec, Activation activation) {
    return bias == null && activation == Activation.IDENTITY && suits(x.shape(), w.shape(), spec);
  }

  void forward(Tensor x, Tensor w, Tensor y) {
    multiply(factor(x, false), factor(w, true), x, w, y);
  }

  void gradInput(Tensor dy, Tensor w, Tensor dx) {
    multiply(factor(dy, false), factor(w, false), dy, w, dx);
  }

  void gradWeight(Tensor x, Tensor dy, Tensor dw) {
    multiply(factor(dy, true), factor(x, false), dy, x, dw);
  }

  private void multiply(Factor a, Factor b, Tensor left, Tensor right, Tensor out) {
    Shape result = rows(out.shape());
    DType type = out.dtype();
    matmul.multiply(a, b, result, type, left.address(), right.address(), out.address());
  }

  private static Factor factor(Tensor t, boolean transpose) {
    return new Factor(rows(t.shape()), transpose, t.dtype());
  }

  private static Shape rows(Shape shape) {
    return Shape.of(Math.toIntExact(shape.rows()), shape.dim(-1));
  }
}
