package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Pooling of {@code [N,H,W,C]}, float32 or bfloat16; results and gradients have the type of what is
 * given.
 */
public abstract class PoolingOps {
  /**
   * {@code positions [N,OH,OW,C]} uint8: the place of the maximum inside its window, row by row;
   * the first one where several are equal, the last NaN where there is one. Null if it was not
   * asked for.
   */
  public record Max(Tensor y, Tensor positions) {}

  /** The maximum of each window; {@code withPositions} when a gradient will be needed. */
  public final Max max(Tensor x, Pool2dSpec spec, boolean withPositions) {
    Checks.activationImage("max pool", "input", x);
    Shape out = spec.outputShape(x.shape());
    Tensor y = Tensor.empty(x.memory(), x.dtype(), out);
    Tensor positions = withPositions ? Tensor.empty(x.memory(), DType.UINT8, out) : null;
    Launch.run("pooling.max", () -> runMax(x, spec, y, positions), x, y, positions);
    return new Max(y, positions);
  }

  /** What {@link #maxAndSum} makes: {@code y [N,OH,OW,C]}, and {@code sum} of the input's shape. */
  public record MaxAndSum(Tensor y, Tensor sum) {}

  /**
   * The maximum of each window, and {@code sum = addend + x}: what a chain of residual pooling does
   * with each of its results, which are read once for both. For inference: it has no gradient.
   *
   * @param addend of {@code x}'s shape and type
   */
  public final MaxAndSum maxAndSum(Tensor x, Pool2dSpec spec, Tensor addend) {
    Checks.activationImage("max pool and sum", "input", x);
    Checks.sameShape("max pool and sum", "addend", addend, "input", x);
    Checks.sameType("max pool and sum", "addend", addend, "input", x);
    Checks.sameDevice("max pool and sum", x, addend);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), spec.outputShape(x.shape()));
    Tensor sum = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("pooling.maxAndSum", () -> runMaxAndSum(x, spec, addend, y, sum), x, addend, y, sum);
    return new MaxAndSum(y, sum);
  }

  /**
   * A chain of residual pooling, channel by channel: {@code y = x + t_1 + ... + t_K} with {@code
   * t_k = factor_k * max(t_{k-1})} and {@code t_0 = x}, as in RefineNet (Lin et al., CVPR 2017)
   * where its convolutions are depthwise ones of single pixels. For inference: it has no gradient.
   * What lies between {@code x} and {@code y} is float32, whatever their type.
   *
   * @param window of stride 1 that keeps the image's size: an odd kernel, padded by half of it
   * @param factors float32, {@code C} values each; at least one
   */
  public final Tensor chain(Tensor x, Pool2dSpec window, List<Tensor> factors) {
    Checks.activationImage("pooling chain", "input", x);
    Checks.require(
        window.stride() == 1 && window.kernel() == 2 * window.pad() + 1,
        "pooling chain",
        "%s does not keep the size of the image: kernel 2 * pad + 1 and stride 1 do",
        window);
    Checks.require(!factors.isEmpty(), "pooling chain", "there are no factors");
    int channels = x.shape().dim(3);
    for (Tensor factor : factors) {
      Checks.floating("pooling chain", "factor", factor);
      Checks.require(
          factor.size() == channels,
          "pooling chain",
          "factor %s has not one value for each of %d channels",
          factor.shape(),
          channels);
      Checks.sameDevice("pooling chain", x, factor);
    }
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run(
        "pooling.chain",
        () -> runChain(x, window, factors, y),
        Arrays.asList(factors, List.of(x, y)));
    MacCounter.add(x.size() * factors.size());
    return y;
  }

  /** {@code dL/dx} of {@link #max}. */
  public final Tensor maxBackward(Tensor dy, Tensor positions, Pool2dSpec spec, Shape x) {
    Checks.activationImage("max pool gradient", "dy", dy);
    Checks.shape("max pool gradient", "dy", dy, spec.outputShape(x));
    Checks.dtype("max pool gradient", "positions", positions, DType.UINT8);
    Checks.sameShape("max pool gradient", "positions", positions, "dy", dy);
    Tensor dx = Tensor.empty(dy.memory(), dy.dtype(), x);
    Launch.run(
        "pooling.maxBackward", () -> runMaxBackward(dy, positions, spec, dx), dy, positions, dx);
    return dx;
  }

  /** The mean of each window over the values inside the image. */
  public final Tensor average(Tensor x, Pool2dSpec spec) {
    Checks.activationImage("average pool", "input", x);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), spec.outputShape(x.shape()));
    Launch.run("pooling.average", () -> runAverage(x, spec, y), x, y);
    return y;
  }

  /** {@code dL/dx} of {@link #average}. */
  public final Tensor averageBackward(Tensor dy, Pool2dSpec spec, Shape x) {
    Checks.activationImage("average pool gradient", "dy", dy);
    Checks.shape("average pool gradient", "dy", dy, spec.outputShape(x));
    Tensor dx = Tensor.empty(dy.memory(), dy.dtype(), x);
    Launch.run("pooling.averageBackward", () -> runAverageBackward(dy, spec, dx), dy, dx);
    return dx;
  }

  /** The mean of each image and channel: {@code [N,H,W,C] -> [N,1,1,C]}. */
  public final Tensor global(Tensor x) {
    Checks.activationImage("global pool", "input", x);
    Checks.require(
        x.shape().dim(1) > 0 && x.shape().dim(2) > 0,
        "global pool",
        "input %s has no pixels",
        x.shape());
    Tensor y =
        Tensor.empty(x.memory(), x.dtype(), Shape.of(x.shape().dim(0), 1, 1, x.shape().dim(3)));
    Launch.run("pooling.global", () -> runGlobal(x, y), x, y);
    return y;
  }

  /** {@code dL/dx} of {@link #global}. */
  public final Tensor globalBackward(Tensor dy, Shape x) {
    Checks.activationImage("global pool gradient", "dy", dy);
    Checks.shape("global pool gradient", "dy", dy, Shape.of(x.dim(0), 1, 1, x.dim(3)));
    Tensor dx = Tensor.empty(dy.memory(), dy.dtype(), x);
    Launch.run("pooling.globalBackward", () -> runGlobalBackward(dy, dx), dy, dx);
    return dx;
  }

  /** Writes {@code y} and, unless null, {@code positions}. */
  protected abstract void runMax(Tensor x, Pool2dSpec spec, Tensor y, Tensor positions);

  /** Writes {@code y} and {@code sum}. */
  protected abstract void runMaxAndSum(
      Tensor x, Pool2dSpec spec, Tensor addend, Tensor y, Tensor sum);

  /** Writes {@code y}. */
  protected abstract void runChain(Tensor x, Pool2dSpec window, List<Tensor> factors, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runMaxBackward(Tensor dy, Tensor positions, Pool2dSpec spec, Tensor dx);

  /** Writes {@code y}. */
  protected abstract void runAverage(Tensor x, Pool2dSpec spec, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runAverageBackward(Tensor dy, Pool2dSpec spec, Tensor dx);

  /** Writes {@code y}. */
  protected abstract void runGlobal(Tensor x, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runGlobalBackward(Tensor dy, Tensor dx);
}
