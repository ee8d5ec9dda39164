package io.auxgrad.kernels.cuda;

/** One way to do a convolution. All ways give the same within rounding. */
sealed interface ConvolutionWay
    permits CudnnConvolution, FusedConvolution, OwnConvolution, ProductConvolution {
  /** By which it is found again. */
  String name();

  /** Does it. */
  void run(ConvolutionPass pass);
}
