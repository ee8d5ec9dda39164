package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import java.util.Arrays;
import java.util.List;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;

/** Describes convolutions to the cuDNN that is found, and asks it back what it understood. */
public final class DescriptorProgram {
  private DescriptorProgram() {}

  /**
   * Prints a line for each that it understood otherwise, {@code described} for each other, and
   * {@code refused} for each of the two that are too large for it.
   */
  public static void main(String[] args) {
    Cudnn cudnn = CudnnConvolutions.load(CudaLibraries.find(Surroundings.ofProcess()));
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      describe(cudnn, type, Shape.of(2, 480, 640, 3), Shape.of(32, 7, 7, 3), Conv2dSpec.of(2, 3));
      describe(cudnn, type, Shape.of(1, 60, 80, 64), Shape.of(64, 3, 3, 1), groups(64));
      describe(cudnn, type, Shape.of(3, 9, 7, 16), Shape.of(24, 3, 3, 4), groups(4));
      describe(
          cudnn, type, Shape.of(1, 33, 31, 8), Shape.of(6, 3, 3, 8), Conv2dSpec.of(1, 12, 12, 1));
      describe(
          cudnn,
          type,
          Shape.of(1, 9, 8, 6),
          Shape.of(6, 5, 5, 3),
          new Conv2dSpec(2, 1, 7, 11, 4, 6, 2));
      refuse(cudnn, type, Shape.of(2048, 1024, 1024, 1));
    }
  }

  private static void refuse(Cudnn cudnn, DType type, Shape tooLarge) {
    try {
      describe(cudnn, type, tooLarge, Shape.of(1, 3, 3, 1), Conv2dSpec.of(1, 1));
    } catch (UnsupportedByLibraryException e) {
      System.out.println("refused");
    }
  }

  private static Conv2dSpec groups(int groups) {
    return Conv2dSpec.of(1, 1, 1, groups);
  }

  private static boolean describesEnding(
      Cudnn cudnn, ConvolutionProblem problem, Activation activation) {
    try (FusedDescriptors d = FusedDescriptors.of(cudnn, problem, activation)) {
      int[] mode = new int[1];
      int[] nan = new int[1];
      double[] bound = new double[1];
      cudnn.check(
          JCudnn.cudnnGetActivationDescriptor(d.activation(), mode, nan, bound), "activation");
      int[] type = new int[1];
      int[] rank = new int[1];
      int[] dims = new int[4];
      int[] strides = new int[4];
      cudnn.check(
          JCudnn.cudnnGetTensorNdDescriptor(d.bias(), 4, type, rank, dims, strides), "bias");
      int relu = cudnnActivationMode.CUDNN_ACTIVATION_RELU;
      int identity = cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY;
      return mode[0] == (activation == Activation.RELU ? relu : identity)
          && nan[0] == cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN
          && bound[0] == Double.MAX_VALUE
          && type[0] == CudnnDescriptors.type(problem.type())
          && Arrays.equals(dims, new int[] {1, problem.y().dim(3), 1, 1})
          && strides[1] == 1;
    }
  }

  private static void describe(Cudnn cudnn, DType type, Shape x, Shape w, Conv2dSpec spec) {
    Shape y = spec.outputShape(x, w);
    ConvolutionProblem problem = new ConvolutionProblem(Direction.FORWARD, type, x, w, y, spec);
    int math = cudnnMathType.CUDNN_FMA_MATH;
    try (CudnnDescriptors d = CudnnDescriptors.of(cudnn, problem, math)) {
      int[] n = new int[1];
      int[] channels = new int[1];
      int[] height = new int[1];
      int[] width = new int[1];
      cudnn.check(
          JCudnn.cudnnGetConvolution2dForwardOutputDim(
              d.convolution(), d.x(), d.w(), n, channels, height, width),
          "cudnnGetConvolution2dForwardOutputDim");
      int[] groups = new int[1];
      cudnn.check(JCudnn.cudnnGetConvolutionGroupCount(d.convolution(), groups), "group count");
      int[] kept = new int[1];
      cudnn.check(JCudnn.cudnnGetConvolutionMathType(d.convolution(), kept), "math type");
      Shape got = Shape.of(n[0], height[0], width[0], channels[0]);
      boolean agrees = got.equals(y) && groups[0] == spec.groups() && kept[0] == math;
      for (Activation activation : List.of(Activation.IDENTITY, Activation.RELU)) {
        agrees &= describesEnding(cudnn, problem, activation);
      }
      System.out.println(
          agrees
              ? "described"
              : "%s: %s, %d groups, math %d".formatted(problem, got, groups[0], kept[0]));
    }
  }
}
