package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import java.util.Optional;

/**
 * Convolutions by cuDNN, cuBLAS or kernels of our own, whichever is the fastest; by the last where
 * the libraries are not there.
 */
final class CudaConvolution extends ConvolutionOps {
  private final OwnConvolution own;
  private final Optional<ConvolutionChoice> choice;

  /** With {@code reduction} for the gradient of a bias. */
  CudaConvolution(Gpu gpu, CudaReduction reduction) {
    own = new OwnConvolution(gpu);
    choice =
        gpu.primitives()
            .map(p ->
                new ConvolutionChoice(
                    p,
                    gpu.multipliesBfloat16(),
                    own,
                    new Casts(gpu),
                    new Epilogue(gpu, reduction)));
  }

  private void run(ConvolutionPass pass) {
    if (choice.isPresent()) {
      choice.get().run(pass);
    } else {
      own.run(pass);
    }
  }

  @Override
  protected void runForward(
      Tensor x,
      Tensor w,
      Tensor bias,
      Conv2dSpec spec,
      Tensor residual,
      Activation activation,
      Tensor y) {
    run(new ConvolutionPass(Direction.FORWARD, x, w, spec, y, bias, residual, activation));
  }

  @Override
  protected void runGradInput(Tensor dy, Tensor w, Conv2dSpec spec, Tensor dx) {
    run(
        new ConvolutionPass(
            Direction.GRAD_INPUT, w, dy, spec, dx, null, null, Activation.IDENTITY));
  }

  @Override
  protected void runGradWeight(Tensor x, Tensor dy, Conv2dSpec spec, Tensor dw, Tensor dbias) {
    run(
        new ConvolutionPass(
            Direction.GRAD_WEIGHT, x, dy, spec, dw, dbias, null, Activation.IDENTITY));
  }
}
