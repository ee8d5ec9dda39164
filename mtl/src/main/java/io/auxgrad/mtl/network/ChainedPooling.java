package io.auxgrad.mtl.network;

import io.auxgrad.autograd.PoolingGradients;
import io.auxgrad.autograd.Tape;
import io.auxgrad.autograd.Variable;
import io.auxgrad.nn.Context;
import io.auxgrad.nn.Layer;
import io.auxgrad.nn.Scratch;
import io.auxgrad.nn.layers.Conv2d;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Activation;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.Pool2dSpec;
import io.auxgrad.tensor.ops.PoolingOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The chained residual pooling of the light-weight RefineNet: four times, the last result is
 * max-pooled 5x5 and convolved 1x1; the input plus all four results. Children {@code conv1} to
 * {@code conv4}. Where no gradient is asked for, a chain that works channel by channel is one op.
 */
final class ChainedPooling extends Layer {
  private static final int STAGES = 4;
  private static final Pool2dSpec WINDOW = new Pool2dSpec(5, 1, 2);

  private final boolean depthwise;
  private final List<Conv2d> convolutions = new ArrayList<>();

  /** {@code [N,H,W,channels]} in and out; {@code depthwise} convolves each channel by itself. */
  ChainedPooling(Context context, int channels, boolean depthwise) {
    this.depthwise = depthwise;
    for (int stage = 1; stage <= STAGES; stage++) {
      Conv2d conv =
          Conv2d.builder(context, channels, channels, 1)
              .groups(depthwise ? channels : 1)
              .bias(false)
              .init(RefineNetDecoder.SMALL)
              .build();
      convolutions.add(child("conv" + stage, conv));
    }
  }

  @Override
  public Variable forward(Variable x) {
    if (isTracked(x)) {
      return Scratch.run(() -> stages(x));
    }
    return depthwise ? fused(x) : Scratch.run(() -> summing(x));
  }

  private boolean isTracked(Variable x) {
    return Tape.tracks(x)
        || convolutions.stream().anyMatch(c -> Tape.tracks(c.weight().variable()));
  }

  private Variable fused(Variable x) {
    List<Tensor> factors = convolutions.stream().map(c -> c.weight().value()).toList();
    return Variable.constant(Backends.of(x.value()).pooling().chain(x.value(), WINDOW, factors));
  }

  // As `stages`, where each result is read once, to be pooled and to be added to the sum.
  private Variable summing(Variable x) {
    Tensor sum = x.value();
    Variable pooled = PoolingGradients.maxPool(x, WINDOW);
    for (Conv2d conv : convolutions.subList(0, STAGES - 1)) {
      Variable top = conv.forward(pooled);
      pooled.release();
      PoolingOps.MaxAndSum next = Backends.of(sum).pooling().maxAndSum(top.value(), WINDOW, sum);
      top.release();
      if (sum != x.value()) {
        sum.close();
      }
      sum = next.sum();
      pooled = Variable.constant(next.y());
    }
    return convolutions.getLast().forward(pooled, Variable.constant(sum), Activation.IDENTITY);
  }

  private Variable stages(Variable x) {
    Variable sum = x;
    Variable top = x;
    for (Conv2d conv : convolutions.subList(0, STAGES - 1)) {
      Variable pooled = pooled(top, x);
      top = conv.forward(pooled);
      pooled.release();
      Variable longer = sum.plus(top);
      if (sum != x) {
        sum.release();
      }
      sum = longer;
    }
    Variable pooled = pooled(top, x);
    return convolutions.getLast().forward(pooled, sum, Activation.IDENTITY);
  }

  private static Variable pooled(Variable top, Variable x) {
    Variable pooled = PoolingGradients.maxPool(top, WINDOW);
    if (top != x) {
      top.release();
    }
    return pooled;
  }
}
