package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Conv2dSpec;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/**
 * A convolution in cuDNN's words: images NHWC, weights OHWI, sums in float32. Needs no GPU.
 *
 * @param x describes {@code [N,H,W,C]}
 * @param w describes {@code [O,KH,KW,C/groups]}
 * @param y describes {@code [N,OH,OW,O]}
 * @param convolution describes how the kernel slides, and what may be multiplied as what
 */
record CudnnDescriptors(
    cudnnTensorDescriptor x,
    cudnnFilterDescriptor w,
    cudnnTensorDescriptor y,
    cudnnConvolutionDescriptor convolution)
    implements AutoCloseable {
  /**
   * Those of {@code problem}, with {@code math} of {@code cudnnMathType}.
   *
   * @throws io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException if cuDNN has no words
   *     for it: an operand of 2^31 elements or more
   */
  static CudnnDescriptors of(Cudnn cudnn, ConvolutionProblem problem, int math) {
    CudnnDescriptors made =
        new CudnnDescriptors(
            new cudnnTensorDescriptor(),
            new cudnnFilterDescriptor(),
            new cudnnTensorDescriptor(),
            new cudnnConvolutionDescriptor());
    try {
      made.describe(cudnn, problem, math);
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
    return made;
  }

  private void describe(Cudnn cudnn, ConvolutionProblem problem, int math) {
    int type = type(problem.type());
    describeImage(cudnn, x, type, problem.x());
    describeImage(cudnn, y, type, problem.y());
    describeWeight(cudnn, type, problem.w());
    describeConvolution(cudnn, problem.spec(), math);
  }

  /** {@code type} in cuDNN's words. */
  static int type(DType type) {
    return type == DType.BFLOAT16
        ? cudnnDataType.CUDNN_DATA_BFLOAT16
        : cudnnDataType.CUDNN_DATA_FLOAT;
  }

  /** Makes {@code descriptor} that of {@code [N,H,W,C]}. */
  static void describeImage(Cudnn cudnn, cudnnTensorDescriptor descriptor, int type, Shape shape) {
    cudnn.check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
    cudnn.check(
        JCudnn.cudnnSetTensor4dDescriptor(
            descriptor,
            cudnnTensorFormat.CUDNN_TENSOR_NHWC,
            type,
            shape.dim(0),
            shape.dim(3),
            shape.dim(1),
            shape.dim(2)),
        "cudnnSetTensor4dDescriptor of " + shape);
  }

  private void describeWeight(Cudnn cudnn, int type, Shape shape) {
    cudnn.check(JCudnn.cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
    cudnn.check(
        JCudnn.cudnnSetFilter4dDescriptor(
            w,
            type,
            cudnnTensorFormat.CUDNN_TENSOR_NHWC,
            shape.dim(0),
            shape.dim(3),
            shape.dim(1),
            shape.dim(2)),
        "cudnnSetFilter4dDescriptor of " + shape);
  }

  private void describeConvolution(Cudnn cudnn, Conv2dSpec spec, int math) {
    cudnn.check(
        JCudnn.cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
    cudnn.check(
        JCudnn.cudnnSetConvolution2dDescriptor(
            convolution,
            spec.padH(),
            spec.padW(),
            spec.strideH(),
            spec.strideW(),
            spec.dilationH(),
            spec.dilationW(),
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            cudnnDataType.CUDNN_DATA_FLOAT),
        "cudnnSetConvolution2dDescriptor of " + spec);
    cudnn.check(
        JCudnn.cudnnSetConvolutionGroupCount(convolution, spec.groups()),
        "cudnnSetConvolutionGroupCount of " + spec);
    cudnn.check(
        JCudnn.cudnnSetConvolutionMathType(convolution, math), "cudnnSetConvolutionMathType");
  }

  /** One that was not made yet is null to cuDNN, which does nothing then. */
  @Override
  public void close() {
    JCudnn.cudnnDestroyTensorDescriptor(x);
    JCudnn.cudnnDestroyFilterDescriptor(w);
    JCudnn.cudnnDestroyTensorDescriptor(y);
    JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
  }
}
