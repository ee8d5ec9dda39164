package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.MathMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolutions by an algorithm of cuDNN, which wants all operands of one type.
 *
 * <p>In bfloat16 it takes a rounded copy of the weight, and gives a gradient of the weight that has
 * been rounded to bfloat16. Where bfloat16 factors are to give a float32 image, they are widened
 * and multiplied as TF32, in which they are exact.
 */
final class CudnnConvolution implements ConvolutionWay {
  private final Primitives.Algorithm algorithm;
  private final DType type;
  private final Casts casts;
  private final Epilogue epilogue;

  private CudnnConvolution(
      Primitives.Algorithm algorithm, DType type, Casts casts, Epilogue epilogue) {
    this.algorithm = algorithm;
    this.type = type;
    this.casts = casts;
    this.epilogue = epilogue;
  }

  /**
   * One for each algorithm, what cuDNN thinks the fastest first; before them those that are done
   * with {@code y} in the same pass, where that is more than the sums.
   */
  static List<ConvolutionWay> all(
      Primitives primitives, ConvolutionPass p, Casts casts, Epilogue epilogue) {
    DType type = type(p);
    boolean widened = p.isNarrow() && type == DType.FLOAT32;
    ConvolutionProblem problem =
        new ConvolutionProblem(
            p.direction(),
            type,
            p.x(),
            p.w(),
            p.y(),
            widened ? p.spec().with(MathMode.TF32) : p.spec());
    List<ConvolutionWay> ways = new ArrayList<>();
    if (p.endsWithMore()) {
      for (Primitives.Fused fused : primitives.fused(problem, p.ending())) {
        ways.add(new FusedConvolution(fused, type, casts));
      }
    }
    for (Primitives.Algorithm algorithm : primitives.algorithms(problem)) {
      ways.add(new CudnnConvolution(algorithm, type, casts, epilogue));
    }
    return ways;
  }

  private static DType type(ConvolutionPass p) {
    boolean fits = p.direction() == Direction.GRAD_WEIGHT || p.result().dtype() == DType.BFLOAT16;
    return p.isNarrow() && fits ? DType.BFLOAT16 : DType.FLOAT32;
  }

  @Override
  public String name() {
    return algorithm.name();
  }

  @Override
  public void run(ConvolutionPass p) {
    try (Casts.Operand first = factor(p, p.first(), type, casts);
        Casts.Operand second = factor(p, p.second(), type, casts);
        Casts.Operand result = casts.room(p.result(), type)) {
      algorithm.run(first.address(), second.address(), result.address());
      casts.settle(result, type, p.result());
    }
    epilogue.run(p);
  }

  /** {@code tensor} as cuDNN multiplies it in {@code p}. */
  static Casts.Operand factor(ConvolutionPass p, Tensor tensor, DType type, Casts casts) {
    return p.isNarrow() && type == DType.FLOAT32
        ? casts.roundedToBfloat16(p, tensor)
        : casts.factor(p, tensor, type);
  }
}
