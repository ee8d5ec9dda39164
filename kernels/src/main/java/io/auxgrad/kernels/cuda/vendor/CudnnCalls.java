package io.auxgrad.kernels.cuda.vendor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnHandle;

/** The three directions of a convolution in cuDNN, whose functions differ in names and order. */
enum CudnnCalls {
  /** {@code y} of {@code x} and {@code w}. */
  FORWARD("cudnnConvolutionForward") {
    @Override
    int propose(cudnnHandle handle, CudnnDescriptors d, List<Proposal> into) {
      var found = filled(new cudnnConvolutionFwdAlgoPerf[MOST], cudnnConvolutionFwdAlgoPerf::new);
      int[] count = new int[1];
      int status =
          JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
              handle, d.x(), d.w(), d.convolution(), d.y(), MOST, count, found);
      Arrays.stream(found)
          .limit(count[0])
          .map(p -> new Proposal(p.algo, p.status, p.determinism))
          .forEach(into::add);
      return status;
    }

    @Override
    int workspace(cudnnHandle handle, CudnnDescriptors d, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
          handle, d.x(), d.w(), d.convolution(), d.y(), algorithm, bytes);
    }

    @Override
    int run(
        cudnnHandle handle,
        CudnnDescriptors d,
        int algorithm,
        Pointer workspace,
        long bytes,
        Pointer x,
        Pointer w,
        Pointer y) {
      return JCudnn.cudnnConvolutionForward(
          handle,
          Scalars.ONE,
          d.x(),
          x,
          d.w(),
          w,
          d.convolution(),
          algorithm,
          workspace,
          bytes,
          Scalars.ZERO,
          d.y(),
          y);
    }
  },
  /** The gradient of {@code x}, of {@code w} and the gradient of {@code y}. */
  GRAD_INPUT("cudnnConvolutionBackwardData") {
    @Override
    int propose(cudnnHandle handle, CudnnDescriptors d, List<Proposal> into) {
      var found =
          filled(new cudnnConvolutionBwdDataAlgoPerf[MOST], cudnnConvolutionBwdDataAlgoPerf::new);
      int[] count = new int[1];
      int status =
          JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
              handle, d.w(), d.y(), d.convolution(), d.x(), MOST, count, found);
      Arrays.stream(found)
          .limit(count[0])
          .map(p -> new Proposal(p.algo, p.status, p.determinism))
          .forEach(into::add);
      return status;
    }

    @Override
    int workspace(cudnnHandle handle, CudnnDescriptors d, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
          handle, d.w(), d.y(), d.convolution(), d.x(), algorithm, bytes);
    }

    @Override
    int run(
        cudnnHandle handle,
        CudnnDescriptors d,
        int algorithm,
        Pointer workspace,
        long bytes,
        Pointer w,
        Pointer dy,
        Pointer dx) {
      return JCudnn.cudnnConvolutionBackwardData(
          handle,
          Scalars.ONE,
          d.w(),
          w,
          d.y(),
          dy,
          d.convolution(),
          algorithm,
          workspace,
          bytes,
          Scalars.ZERO,
          d.x(),
          dx);
    }
  },
  /** The gradient of {@code w}, of {@code x} and the gradient of {@code y}. */
  GRAD_WEIGHT("cudnnConvolutionBackwardFilter") {
    @Override
    int propose(cudnnHandle handle, CudnnDescriptors d, List<Proposal> into) {
      var found =
          filled(
              new cudnnConvolutionBwdFilterAlgoPerf[MOST], cudnnConvolutionBwdFilterAlgoPerf::new);
      int[] count = new int[1];
      int status =
          JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
              handle, d.x(), d.y(), d.convolution(), d.w(), MOST, count, found);
      Arrays.stream(found)
          .limit(count[0])
          .map(p -> new Proposal(p.algo, p.status, p.determinism))
          .forEach(into::add);
      return status;
    }

    @Override
    int workspace(cudnnHandle handle, CudnnDescriptors d, int algorithm, long[] bytes) {
      return JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
          handle, d.x(), d.y(), d.convolution(), d.w(), algorithm, bytes);
    }

    @Override
    int run(
        cudnnHandle handle,
        CudnnDescriptors d,
        int algorithm,
        Pointer workspace,
        long bytes,
        Pointer x,
        Pointer dy,
        Pointer dw) {
      return JCudnn.cudnnConvolutionBackwardFilter(
          handle,
          Scalars.ONE,
          d.x(),
          x,
          d.y(),
          dy,
          d.convolution(),
          algorithm,
          workspace,
          bytes,
          Scalars.ZERO,
          d.w(),
          dw);
    }
  };

  /** More than any direction has algorithms and kinds of arithmetic for them. */
  private static final int MOST = 32;

  /**
   * What cuDNN says of an algorithm. JCuda does not pass on the kind of arithmetic.
   *
   * @param algorithm its number
   * @param status of this algorithm for the problem
   * @param determinism 1 if it gives the same bytes each time
   */
  record Proposal(int algorithm, int status, int determinism) {}

  private final String function;

  CudnnCalls(String function) {
    this.function = function;
  }

  /** The name of the function that does it. */
  String function() {
    return function;
  }

  /** The functions of the library that this calls. */
  Stream<String> functions() {
    String query = function.replace("cudnn", "cudnnGet");
    return Stream.of(function, query + "Algorithm_v7", query + "WorkspaceSize");
  }

  /** Adds the algorithms, those first that are thought the fastest; returns the status. */
  abstract int propose(cudnnHandle handle, CudnnDescriptors d, List<Proposal> into);

  /** Asks for the bytes that an algorithm needs; returns the status. */
  abstract int workspace(cudnnHandle handle, CudnnDescriptors d, int algorithm, long[] bytes);

  /** Does it: writes the last operand; returns the status. */
  abstract int run(
      cudnnHandle handle,
      CudnnDescriptors d,
      int algorithm,
      Pointer workspace,
      long bytes,
      Pointer first,
      Pointer second,
      Pointer result);

  private static <P> P[] filled(P[] array, Supplier<P> element) {
    Arrays.setAll(array, _ -> element.get());
    return array;
  }
}
