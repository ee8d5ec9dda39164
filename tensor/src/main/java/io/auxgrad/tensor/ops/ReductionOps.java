package io.auxgrad.tensor.ops;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;

/**
 * Reductions of float32 or bfloat16 along axes; summed in a fixed order, so the same on any number
 * of threads.
 */
public abstract class ReductionOps {
  /** How values are combined. */
  public enum Kind {
    /** Sum. */
    SUM,
    /** Arithmetic mean. */
    MEAN,
    /** Largest value. */
    MAX,
    /** Smallest value. */
    MIN
  }

  /**
   * {@code x} reduced along {@code axes}, which stay with extent 1; no axes means all. The result
   * is float32, also of bfloat16.
   */
  public final Tensor reduce(Kind kind, Tensor x, int... axes) {
    Checks.activation("reduce", "input", x);
    Shape out = reducedShape(x.shape(), axes);
    Checks.require(x.size() > 0, "reduce", "input %s is empty", x.shape());
    Tensor y = Tensor.empty(x.memory(), DType.FLOAT32, out);
    Launch.run("reduction.reduce", () -> runReduce(kind, x, y), x, y);
    return y;
  }

  /**
   * {@code x} summed to {@code shape}, which broadcasts to {@code x}'s, as float32: the gradient of
   * broadcasting.
   */
  public final Tensor sumTo(Tensor x, Shape shape) {
    Checks.activation("sumTo", "input", x);
    Checks.require(
        shape.broadcast(x.shape()).equals(x.shape()),
        "sumTo",
        "%s does not broadcast to %s",
        shape,
        x.shape());
    Tensor y = Tensor.empty(x.memory(), DType.FLOAT32, shape);
    Launch.run("reduction.sumTo", () -> runReduce(Kind.SUM, x, y), x, y);
    return y;
  }

  /**
   * The index of the largest value along the last axis, the first of several: int32, {@code [...,
   * C] -> [...]}.
   */
  public final Tensor argmax(Tensor x) {
    Checks.activation("argmax", "input", x);
    Checks.channels("argmax", "input", x);
    int[] dims = x.shape().dims();
    Tensor y =
        Tensor.empty(
            x.memory(), DType.INT32, Shape.of(java.util.Arrays.copyOf(dims, dims.length - 1)));
    Launch.run("reduction.argmax", () -> runArgmax(x, y), x, y);
    return y;
  }

  /** Softmax along the last axis. */
  public final Tensor softmax(Tensor x) {
    Checks.activation("softmax", "input", x);
    Checks.channels("softmax", "input", x);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("reduction.softmax", () -> runSoftmax(x, y), x, y);
    return y;
  }

  /** {@code dL/dx} of {@link #softmax} from its output {@code y}. */
  public final Tensor softmaxBackward(Tensor dy, Tensor y) {
    Checks.activation("softmax gradient", "y", y);
    Checks.channels("softmax gradient", "y", y);
    Checks.sameShape("softmax gradient", "dy", dy, "y", y);
    Checks.sameType("softmax gradient", "dy", dy, "y", y);
    Tensor dx = Tensor.empty(y.memory(), y.dtype(), y.shape());
    Launch.run("reduction.softmaxBackward", () -> runSoftmaxBackward(dy, y, dx), dy, y, dx);
    return dx;
  }

  /** {@code x / |x|} for each vector along the last axis; a vector of zeros stays one. */
  public final Tensor unitVectors(Tensor x) {
    Checks.activation("unit vectors", "input", x);
    Checks.channels("unit vectors", "input", x);
    Tensor y = Tensor.empty(x.memory(), x.dtype(), x.shape());
    Launch.run("reduction.unitVectors", () -> runUnitVectors(x, y), x, y);
    return y;
  }

  /** The shape of {@code x} with {@code axes} (all, if none) at extent 1. */
  public static Shape reducedShape(Shape x, int... axes) {
    Shape out = x;
    for (int i = 0; i < (axes.length == 0 ? x.rank() : axes.length); i++) {
      out = out.with(axes.length == 0 ? i : axes[i], 1);
    }
    return out;
  }

  /** Writes {@code y}, whose shape broadcasts to {@code x}'s, possibly with fewer dimensions. */
  protected abstract void runReduce(Kind kind, Tensor x, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runArgmax(Tensor x, Tensor y);

  /** Writes {@code y}. */
  protected abstract void runSoftmax(Tensor x, Tensor y);

  /** Writes {@code dx}. */
  protected abstract void runSoftmaxBackward(Tensor dy, Tensor y, Tensor dx);

  /** Writes {@code y}. */
  protected abstract void runUnitVectors(Tensor x, Tensor y);
}
