package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;

/** Pooling of {@code [N,H,W,C]}. */
public final class PoolingGradients {
  private PoolingGradients() {}

  /** The maximum of each window; the first of several equal ones gets the gradient. */
  public static Variable maxPool(Variable x, Pool2dSpec spec) {
    PoolingOps pooling = x.backend().pooling();
    PoolingOps.Max out = pooling.max(x.value(), spec, Tape.tracks(x));
    Variable y =
        Tape.record(
            out.y(),
            saver -> {
              Tensor positions = saver.save(out.positions());
              return (dy, into) ->
                  into.add(x, () -> pooling.maxBackward(dy, positions, spec, x.shape()));
            },
            x);
    if (out.positions() != null) {
      out.positions().close();
    }
    return y;
  }

  /** The mean of each window over the values inside the image. */
  public static Variable averagePool(Variable x, Pool2dSpec spec) {
    PoolingOps pooling = x.backend().pooling();
    Tensor y = pooling.average(x.value(), spec);
    return Tape.record(
        y,
        saver -> (dy, into) -> into.add(x, () -> pooling.averageBackward(dy, spec, x.shape())),
        x);
  }

  /** The mean of each image and channel: {@code [N,H,W,C] -> [N,1,1,C]}. */
  public static Variable globalPool(Variable x) {
    PoolingOps pooling = x.backend().pooling();
    Tensor y = pooling.global(x.value());
    return Tape.record(
        y, saver -> (dy, into) -> into.add(x, () -> pooling.globalBackward(dy, x.shape())), x);
  }
}
