package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.launch.ConvolutionProblem.Direction;
import io.auxgrad.kernels.cuda.launch.Gpu;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Conv2dSpec;
import io.auxgrad.tensor.ops.ConvolutionOps;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** Convolutions by one library, whatever is fast; by our own kernels what it cannot do. */
final class ForcedWay extends ConvolutionOps {
  private final OwnConvolution own;
  private final ConvolutionChoice choice;
  private final String library;
  private int passes;

  /** By the ways whose names begin with {@code library}. */
  ForcedWay(Gpu gpu, String library) {
    this.library = library;
    own = new OwnConvolution(gpu);
    choice =
        new ConvolutionChoice(
            gpu.primitives().orElseThrow(),
            true,
            own,
            new Casts(gpu),
            new Epilogue(gpu, new CudaReduction(gpu)));
  }

  /** {@code backend} with these convolutions. */
  Backend in(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, arguments) -> {
              try {
                return method.getName().equals("convolution")
                    ? this
                    : method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** How many the library did. */
  int passes() {
    return passes;
  }

  private void run(ConvolutionPass pass) {
    List<ConvolutionWay> ways =
        pass.isEmpty()
            ? List.of()
            : choice.ways(pass).stream().filter(w -> w.name().startsWith(library)).toList();
    for (ConvolutionWay way : ways) {
      try {
        way.run(pass);
        passes++;
        return;
      } catch (CudaException e) {
        // The next one, as in a search.
      }
    }
    own.run(pass);
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
