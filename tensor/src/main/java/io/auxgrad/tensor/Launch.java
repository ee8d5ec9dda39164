package io.auxgrad.tensor;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The gate between the contract of the ops and the backends: whatever an op computes, checked and
 * with its results allocated, passes here. A listener on a thread sees that thread's ops, to time
 * or to record them; without one the gate costs a look at a thread-local.
 */
public final class Launch {
  private static final ThreadLocal<Listener> LISTENER = new ThreadLocal<>();

  private Launch() {}

  /** Sees the ops of a thread. */
  public interface Listener {
    /**
     * Must run {@code kernel} once, and may run it again as long as the operands live.
     *
     * @param op family and name, for example {@code convolution.gradInput}
     * @param kernel computes the op
     * @param operands what it reads and writes; some may be null
     */
    void launch(String op, Runnable kernel, Tensor... operands);

    /**
     * Must make a tensor and let {@code fill} write it, and may do so again before each time that
     * it runs the ops once more.
     */
    default Tensor feed(Supplier<Tensor> make, Consumer<Tensor> fill) {
      Tensor target = make.get();
      fill.accept(target);
      return target;
    }
  }

  /** Runs {@code kernel}, or lets this thread's listener run it. For use by the contract. */
  public static void run(String op, Runnable kernel, Tensor... operands) {
    Listener listener = LISTENER.get();
    if (listener == null) {
      kernel.run();
    } else {
      listener.launch(op, kernel, operands);
    }
  }

  /** The same for operands in lists, of which some may be null. */
  public static void run(String op, Runnable kernel, List<List<Tensor>> operands) {
    if (LISTENER.get() == null) {
      kernel.run();
    } else {
      run(
          op,
          kernel,
          operands.stream().filter(Objects::nonNull).flatMap(List::stream).toArray(Tensor[]::new));
    }
  }

  /**
   * A new tensor that the host writes with values that it decides anew each time: a learning rate,
   * the key of random numbers. Where the computation is {@linkplain
   * io.auxgrad.tensor.ops.Backend#record recorded}, {@code fill} is called again before each
   * replay, in the order of the calls here, and the memory serves nothing else. State of the host
   * that advances with each run is advanced in {@code fill}.
   *
   * @param fill writes all of the tensor that it is given
   */
  public static Tensor feed(DeviceMemory memory, DType dtype, Shape shape, Consumer<Tensor> fill) {
    Listener listener = LISTENER.get();
    if (listener == null) {
      Tensor target = Tensor.empty(memory, dtype, shape);
      fill.accept(target);
      return target;
    }
    Tensor[] target = new Tensor[1];
    unseen(() -> target[0] = listener.feed(() -> Tensor.empty(memory, dtype, shape), fill));
    return target[0];
  }

  /** Does what is no op of the computation: no listener sees it. */
  static void unseen(Runnable work) {
    Listener listener = LISTENER.get();
    LISTENER.remove();
    try {
      work.run();
    } finally {
      LISTENER.set(listener);
    }
  }

  /**
   * Lets {@code listener} see the ops that {@code body} runs on this thread.
   *
   * @throws IllegalStateException if another listener does already
   */
  public static void listen(Listener listener, Runnable body) {
    if (LISTENER.get() != null) {
      throw new IllegalStateException("another listener sees the ops of this thread already");
    }
    LISTENER.set(listener);
    try {
      body.run();
    } finally {
      LISTENER.remove();
    }
  }
}
