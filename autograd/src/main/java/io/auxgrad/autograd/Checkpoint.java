package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gradient checkpointing: computes more to keep less (Chen, Xu, Zhang, Guestrin: "Training deep
 * nets with sublinear memory cost", 2016).
 *
 * <pre>{@code
 * Variable y = Checkpoint.of(x -> block.forward(x), features);
 * }</pre>
 *
 * <p>Of the segment only the input and the result are kept. Backward computes it again, with the
 * same random numbers and without moving running statistics, and gives gradients to the input and
 * to all parameters used inside, as without checkpointing. The segment must do the same both times,
 * and of the tape's results use only its argument. Without an open tape it just runs.
 */
public final class Checkpoint {
  private static final ScopedValue<Draws> DRAWS = ScopedValue.newInstance();

  private Checkpoint() {}

  /** {@code segment(x)}, recorded as one op. */
  public static Variable of(Function<Variable, Variable> segment, Variable x) {
    if (!Tape.isRecording()) {
      return segment.apply(x);
    }
    try (Draws draws = Draws.noting(DRAWS.isBound() ? DRAWS.get() : null)) {
      return recorded(segment, x, draws);
    }
  }

  private static Variable recorded(Function<Variable, Variable> segment, Variable x, Draws draws) {
    List<Variable> arguments = new ArrayList<>(List.of(x));
    Tensor y = ScopedValue.where(DRAWS, draws).call(() -> compute(segment, x, arguments));
    boolean tracked = x.requiresGradient();
    return Tape.record(
        y,
        saver -> {
          Tensor savedX = saver.save(x.value());
          draws.saveWith(saver);
          return (dy, into) ->
              ScopedValue.where(DRAWS, draws.repeating())
                  .run(() -> computeAgain(segment, leaf(savedX, tracked), dy, arguments, into));
        },
        arguments.toArray(Variable[]::new));
  }

  /**
   * Random numbers, for example the stream of a dropout: {@code source}'s next ones, or inside a
   * segment that is computed again those drawn in the first pass, leaving {@code source} alone.
   *
   * @param source makes a tensor in the current scope
   * @return a tensor that the caller may close; what it is saved for stays
   */
  public static Tensor draw(Supplier<Tensor> source) {
    return DRAWS.isBound() ? DRAWS.get().draw(source) : source.get();
  }

  /** Whether a segment is being computed again, so that side effects have taken place already. */
  public static boolean isRecomputing() {
    return DRAWS.isBound() && DRAWS.get().isRepeating();
  }

  // On a tape of its own, to learn which parameters the segment uses.
  private static Tensor compute(
      Function<Variable, Variable> segment, Variable x, List<Variable> arguments) {
    try (NoGrad outerSuspended = Tape.noGrad();
        Tape tape = Tape.open()) {
      Variable input = leaf(x.value(), x.requiresGradient());
      Variable result = segment.apply(input);
      tape.leaves().stream().filter(leaf -> leaf != input).forEach(arguments::add);
      return tape.handOut(result.value().reshape(result.shape()));
    }
  }

  private static void computeAgain(
      Function<Variable, Variable> segment,
      Variable input,
      Tensor dy,
      List<Variable> arguments,
      GradientSink into) {
    try (NoGrad outerSuspended = Tape.noGrad();
        Tape tape = Tape.open()) {
      Variable result = segment.apply(input);
      List<Variable> inside = new ArrayList<>(arguments);
      inside.set(0, input);
      List<Variable> wanted = new ArrayList<>();
      for (int i = 0; i < inside.size(); i++) {
        if (into.wants(arguments.get(i))) {
          wanted.add(inside.get(i));
        }
      }
      Map<Variable, Tensor> gradients = tape.gradients(result, dy, wanted, false);
      for (int i = 0; i < inside.size(); i++) {
        Variable of = inside.get(i);
        into.add(arguments.get(i), () -> gradients.get(of));
      }
    }
  }

  private static Variable leaf(Tensor x, boolean tracked) {
    return tracked ? Variable.parameter(x) : Variable.constant(x);
  }
}
