package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Ending;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.kernels.cuda.libraries.Version;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.MathMode;

/**
 * Has the cuDNN that is found plan the kinds of convolutions of our networks for an H200. With an
 * argument those that end with more, which cuDNN compiles.
 */
public final class GraphProgram {
  /** The exit status where cuDNN does not plan for a GPU that is only described. */
  static final int TOO_OLD = 3;

  private static final Version OLDEST = new Version("9.8");
  private static final int MOST = 8;

  private final Cudnn cudnn;
  private final GraphDevice device;
  private final GraphHeuristics heuristics;

  private GraphProgram(Cudnn cudnn, GraphDevice device) {
    this.cudnn = cudnn;
    this.device = device;
    heuristics = new GraphHeuristics(cudnn, device, new Options(true, true, true, 256L << 20));
  }

  /** Prints a line for each: how many plans, what was asked. */
  public static void main(String[] args) {
    Cudnn cudnn = CudnnConvolutions.load(CudaLibraries.find(Surroundings.ofProcess()));
    if (cudnn.version().compareTo(OLDEST) < 0) {
      System.out.println("needs cuDNN 9.8 and not " + cudnn.version());
      System.exit(TOO_OLD);
    }
    try (DescribedGpu gpu = new DescribedGpu(cudnn)) {
      GraphProgram program = new GraphProgram(cudnn, gpu);
      if (args.length > 0) {
        program.fused();
      } else {
        program.plain();
      }
    }
  }

  private void plain() {
    kinds(Shape.of(16, 480, 640, 3), Shape.of(64, 7, 7, 3), Conv2dSpec.of(2, 3));
    kinds(Shape.of(16, 120, 160, 64), Shape.of(64, 3, 3, 64), Conv2dSpec.of(1, 1));
    kinds(Shape.of(16, 60, 80, 512), Shape.of(1024, 1, 1, 512), Conv2dSpec.of(2, 0));
    kinds(Shape.of(16, 30, 40, 2048), Shape.of(256, 3, 3, 2048), Conv2dSpec.of(1, 12, 12, 1));
    kinds(Shape.of(16, 120, 160, 256), Shape.of(13, 3, 3, 256), Conv2dSpec.of(1, 1));
    kinds(Shape.of(4, 60, 80, 144), Shape.of(24, 1, 1, 144), Conv2dSpec.of(1, 0));
    kinds(Shape.of(4, 30, 40, 192), Shape.of(192, 3, 3, 1), Conv2dSpec.of(1, 1, 1, 192));
  }

  private void kinds(Shape x, Shape w, Conv2dSpec spec) {
    for (Direction direction : Direction.values()) {
      plans(direction, DType.FLOAT32, x, w, spec, Ending.NONE);
      plans(direction, DType.FLOAT32, x, w, spec.with(MathMode.TF32), Ending.NONE);
      plans(direction, DType.BFLOAT16, x, w, spec, Ending.NONE);
    }
  }

  private void fused() {
    Shape x = Shape.of(1, 60, 80, 144);
    Shape w = Shape.of(24, 1, 1, 144);
    for (Activation activation : Activation.values()) {
      for (boolean residual : new boolean[] {false, true}) {
        Ending ending = new Ending(true, residual, activation);
        plans(Direction.FORWARD, DType.BFLOAT16, x, w, Conv2dSpec.of(1, 0), ending);
      }
    }
  }

  private void plans(
      Direction direction, DType type, Shape x, Shape w, Conv2dSpec spec, Ending ending) {
    ConvolutionProblem problem =
        new ConvolutionProblem(direction, type, x, w, spec.outputShape(x, w), spec);
    GraphHeuristics.Plans plans = heuristics.plans(problem, ending, ending.steps() == 0 ? MOST : 2);
    for (byte[] text : plans.texts()) {
      GraphPlan.of(cudnn, device, text).close();
    }
    plans.failures().forEach(System.out::println);
    System.out.printf("%d: %s, %s%n", plans.texts().size(), problem, ending);
  }
}
