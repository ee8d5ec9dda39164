package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import java.util.function.Supplier;

/** Takes the gradients of an op's arguments from its {@link Rule} and adds them up. */
public final class GradientSink {
  private final Tape tape;
  private final boolean retain;

  GradientSink(Tape tape, boolean retain) {
    this.tape = tape;
    this.retain = retain;
  }

  /** Whether the gradient of {@code argument}, which may be null, is asked for. */
  public boolean wants(Variable argument) {
    Node node = tape.find(argument);
    return node != null && node.isWanted();
  }

  /**
   * Adds {@code gradient} to what has arrived for {@code argument}; it is not computed if nobody
   * asks for it. Where the argument was broadcast in the forward pass, the gradient is summed back
   * to its shape; where its type differs, it is cast to the type of the argument. So parameters in
   * float32 get float32 gradients from a network that computes in bfloat16.
   *
   * @param argument of the op; may be null
   * @param gradient in a shape that {@code argument}'s broadcasts to; may be {@code dy} itself
   */
  public void add(Variable argument, Supplier<Tensor> gradient) {
    if (wants(argument)) {
      Tensor arrived = fitted(gradient.get(), argument);
      tape.find(argument).add(Accumulation.share(arrived));
    }
  }

  /** A tensor with the content of {@code saved} that the rule may overwrite and pass on. */
  public Tensor overwritable(Tensor saved) {
    return retain ? Accumulation.copy(saved) : saved;
  }

  private static Tensor fitted(Tensor gradient, Variable argument) {
    Backend backend = Backends.of(gradient);
    // The sum is float32, so it is cast, if at all, behind it.
    Tensor shaped =
        gradient.shape().equals(argument.shape())
            ? gradient
            : backend.reduction().sumTo(gradient, argument.shape());
    return shaped.dtype() == argument.dtype()
        ? shaped
        : backend.pointwise().cast(shaped, argument.dtype());
  }
}
