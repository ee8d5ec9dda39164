package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.MatrixProduct;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;

/**
 * Convolutions that are products of matrices by cuBLAS, images being {@code [pixels, channels]}: a
 * kernel of 1x1, stride 1, no padding and no groups.
 */
final class ProductConvolution implements ConvolutionWay {
  private final Primitives primitives;
  private final Casts casts;
  private final Epilogue epilogue;

  ProductConvolution(Primitives primitives, Casts casts, Epilogue epilogue) {
    this.primitives = primitives;
    this.casts = casts;
    this.epilogue = epilogue;
  }

  /** Whether {@code pass} is such a product. */
  static boolean suits(ConvolutionPass pass) {
    return pass.isPointwise() && pass.x().rows() <= Integer.MAX_VALUE;
  }

  @Override
  public String name() {
    return "cublas";
  }

  @Override
  public void run(ConvolutionPass p) {
    int pixels = Math.toIntExact(p.x().rows());
    int in = p.w().dim(3);
    int out = p.w().dim(0);
    switch (p.direction()) {
      case FORWARD -> multiply(p, p.first(), p.second(), pixels, out, in, false, true);
      case GRAD_INPUT -> multiply(p, p.second(), p.first(), pixels, in, out, false, false);
      case GRAD_WEIGHT -> multiply(p, p.second(), p.first(), out, in, pixels, true, false);
    }
    epilogue.run(p);
  }

  private void multiply(
      ConvolutionPass p,
      Tensor a,
      Tensor b,
      int rows,
      int columns,
      int depth,
      boolean transposeA,
      boolean transposeB) {
    DType factors = p.isNarrow() ? DType.BFLOAT16 : DType.FLOAT32;
    try (Casts.Operand first = casts.factor(p, a, factors);
        Casts.Operand second = casts.factor(p, b, factors)) {
      MatrixProduct product =
          new MatrixProduct(
              1,
              rows,
              columns,
              depth,
              transposeA,
              transposeB,
              factors,
              p.result().dtype(),
              p.spec().math());
      primitives.multiply(product, first.address(), second.address(), p.result().address());
    }
  }
}
