package io.auxgrad.bench.profile;

import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/** Ops that are told apart in a profile: by name, and convolutions by their kernel too. */
final class OpKey {
  private OpKey() {}

  static String of(String op, Tensor... operands) {
    Convolution convolution = Convolution.of(op, operands);
    return convolution == null ? op : op + " " + convolution.kind();
  }

  /** The floating-point operations of a convolution or matrix product; 0 for others. */
  static long flops(String op, Tensor... operands) {
    Convolution convolution = Convolution.of(op, operands);
    if (convolution != null) {
      return 2 * convolution.y().size() * convolution.w().stride(0);
    }
    if (op.equals("matmul.multiply")) {
      // Of [M,K], [K,N] and [M,N] the product of all extents is (MKN)^2, transposed or not.
      double product = 1;
      for (Tensor operand : operands) {
        product *= operand.size();
      }
      return 2 * Math.round(Math.sqrt(product));
    }
    return 0;
  }

  /** What has to be read and written at least once. */
  static long bytes(Tensor... operands) {
    long bytes = 0;
    for (Tensor operand : operands) {
      bytes += operand == null ? 0 : operand.byteSize();
    }
    return bytes;
  }

  /** Output and weights, which stand at other places in each pass. */
  private record Convolution(Shape y, Shape w) {
    static Convolution of(String op, Tensor... operands) {
      return switch (op) {
        case "convolution.forward" ->
            new Convolution(operands[operands.length - 1].shape(), operands[1].shape());
        case "convolution.gradInput" -> new Convolution(operands[0].shape(), operands[1].shape());
        case "convolution.gradWeight" -> new Convolution(operands[1].shape(), operands[2].shape());
        default -> null;
      };
    }

    String kind() {
      String kernel = w.dim(1) + "x" + w.dim(2);
      return w.dim(3) == 1 && w.dim(0) > 1 ? kernel + " depthwise" : kernel;
    }
  }
}
