package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem;
import io.auxgrad.kernels.cuda.libraries.Cudnn;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.ops.Activation;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * What follows the sums of a convolution in cuDNN's words. Needs no GPU.
 *
 * @param bias describes {@code [O]}, of the type of {@code y}
 * @param activation describes the activation
 */
record FusedDescriptors(cudnnTensorDescriptor bias, cudnnActivationDescriptor activation)
    implements AutoCloseable {
  /** Up to which ReLU lets numbers through. */
  private static final double NO_BOUND = Double.MAX_VALUE;

  /** Those of {@code problem} with {@code activation}, which must not be ReLU6. */
  static FusedDescriptors of(Cudnn cudnn, ConvolutionProblem problem, Activation activation) {
    FusedDescriptors made =
        new FusedDescriptors(new cudnnTensorDescriptor(), new cudnnActivationDescriptor());
    CudnnDescriptors.describeImage(
        cudnn,
        made.bias,
        CudnnDescriptors.type(problem.type()),
        Shape.of(1, 1, 1, problem.y().dim(3)));
    cudnn.check(
        JCudnn.cudnnCreateActivationDescriptor(made.activation), "cudnnCreateActivationDescriptor");
    // A convolution takes an activation only if it need not care for NaNs.
    cudnn.check(
        JCudnn.cudnnSetActivationDescriptor(
            made.activation,
            mode(activation),
            cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN,
            NO_BOUND),
        "cudnnSetActivationDescriptor of " + activation);
    return made;
  }

  private static int mode(Activation activation) {
    return switch (activation) {
      case IDENTITY -> cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY;
      case RELU -> cudnnActivationMode.CUDNN_ACTIVATION_RELU;
      case RELU6 -> throw new IllegalArgumentException("cuDNN fuses no RELU6");
    };
  }

  @Override
  public void close() {
    JCudnn.cudnnDestroyTensorDescriptor(bias);
    JCudnn.cudnnDestroyActivationDescriptor(activation);
  }
}
