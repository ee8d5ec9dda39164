package io.auxgrad.bench.profile;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Ops that are told apart in a profile: by name, and convolutions by their kernel too. */
final class OpKey {
  private OpKey() {}

  static String of(String op, Tensor... operands) {
    Convolution convolution = Convolution.of(op, operands);
    return convolution == null ? op : op + " " + convolution.kind();
  }

  /**
   * A convolution's pass, input, output and kernel, such as {@code forward 4x60x80x24 > 4x30x40x32
   * 3x3}; empty for other ops. Dilations are not told apart.
   */
  static Optional<String> layer(String op, Tensor... operands) {
    return Optional.ofNullable(Convolution.of(op, operands))
        .map(convolution -> op.substring(op.indexOf('.') + 1) + " " + convolution.layer());
  }

  /** The type of the factors of a convolution or matrix product: bfloat16 if one of them is. */
  static DType factors(Tensor... operands) {
    boolean rounded =
        Arrays.stream(operands)
            .filter(Objects::nonNull)
            .anyMatch(operand -> operand.dtype() == DType.BFLOAT16);
    return rounded ? DType.BFLOAT16 : DType.FLOAT32;
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

  /** Input, weights and output, which stand at other places in each pass. */
  private record Convolution(Shape x, Shape w, Shape y) {
    static Convolution of(String op, Tensor... operands) {
      return switch (op) {
        case "convolution.forward" -> of(operands[0], operands[1], operands[operands.length - 1]);
        case "convolution.gradInput" -> of(operands[2], operands[1], operands[0]);
        case "convolution.gradWeight" -> of(operands[0], operands[2], operands[1]);
        default -> null;
      };
    }

    private static Convolution of(Tensor x, Tensor w, Tensor y) {
      return new Convolution(x.shape(), w.shape(), y.shape());
    }

    String kind() {
      String kernel = w.dim(1) + "x" + w.dim(2);
      return w.dim(3) == 1 && w.dim(0) > 1 ? kernel + " depthwise" : kernel;
    }

    String layer() {
      return text(x) + " > " + text(y) + " " + kind();
    }

    private static String text(Shape shape) {
      return Arrays.toString(shape.dims()).replaceAll("[\\[\\]]", "").replace(", ", "x");
    }
  }
}
