package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.launch.Primitives;
import io.auxgrad.kernels.cuda.libraries.CudnnStatus;
import io.auxgrad.kernels.cuda.libraries.UnsupportedByLibraryException;
import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.ops.Activation;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;

/**
 * An algorithm for a problem, with bias, residual and activation in the same pass.
 *
 * @param bytes of workspace that the algorithm needs
 */
record CudnnFused(
    CudnnStream stream,
    CudnnDescriptors described,
    FusedDescriptors more,
    DType biasType,
    int algorithm,
    long bytes)
    implements Primitives.Fused {
  private static final String FUNCTION = "cudnnConvolutionBiasActivationForward";

  /** The functions of the library that this calls. */
  static Stream<String> functions() {
    return Stream.of(
        FUNCTION,
        "cudnnCreateActivationDescriptor",
        "cudnnSetActivationDescriptor",
        "cudnnDestroyActivationDescriptor");
  }

  /** Whether cuDNN's documentation has it. What a GPU lacks all the same it says when it runs. */
  static boolean has(CudnnCalls calls, int algorithm, Activation activation) {
    return calls == CudnnCalls.FORWARD
        && switch (activation) {
          case IDENTITY ->
              algorithm == cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM;
          case RELU -> true;
          case RELU6 -> false;
        };
  }

  @Override
  public String name() {
    return "fused-cudnn-" + algorithm;
  }

  @Override
  public boolean needsBias() {
    return true;
  }

  @Override
  public void run(long x, long w, long bias, long residual, long y) {
    boolean adds = residual != 0;
    Pointer result = new Address(y);
    stream.run(
        FUNCTION,
        algorithm,
        bytes,
        workspace ->
            supported(
                JCudnn.cudnnConvolutionBiasActivationForward(
                    stream.handle(),
                    Scalars.ONE,
                    described.x(),
                    new Address(x),
                    described.w(),
                    new Address(w),
                    described.convolution(),
                    algorithm,
                    workspace,
                    bytes,
                    // It wants one in any case, and does not read it if it counts nothing.
                    adds ? Scalars.ONE : Scalars.ZERO,
                    described.y(),
                    adds ? new Address(residual) : result,
                    more.bias(),
                    new Address(bias),
                    more.activation(),
                    described.y(),
                    result)));
  }

  // The operands are those of the plain convolution: what it calls a bad parameter here too is a
  // combination that it does not have.
  private static int supported(int status) {
    if (CudnnStatus.of(status) == CudnnStatus.BAD_PARAMETER) {
      throw new UnsupportedByLibraryException(
          "%s refuses its parameters, status %d".formatted(FUNCTION, status));
    }
    return status;
  }
}
