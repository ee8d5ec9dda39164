package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;

/**
 * One step on a tape: a variable, the nodes of the arguments it was computed from, and the rule
 * that takes its gradient back to them. A leaf has no arguments and no rule.
 */
final class Node {
  private static final Node[] NONE = {};

  private final Tape tape;
  private final Variable variable;
  private Node[] arguments;
  private Saver saved;
  private Rule rule;
  private Tensor gradient;
  private boolean wanted;

  /** {@code saved} is what {@code rule} keeps; both null for a leaf. */
  Node(Tape tape, Variable variable, Node[] arguments, Rule rule, Saver saved) {
    this.tape = tape;
    this.variable = variable;
    this.arguments = arguments;
    this.rule = rule;
    this.saved = saved;
  }

  static Node leaf(Tape tape, Variable variable) {
    return new Node(tape, variable, NONE, null, null);
  }

  Tape tape() {
    return tape;
  }

  Variable variable() {
    return variable;
  }

  boolean isLeaf() {
    return rule == null;
  }

  /** Whether {@link #remake} makes the variable's value. */
  boolean canRemake() {
    return saved != null && saved.remake() != null;
  }

  /** The variable's value, made again from what its rule keeps. */
  Tensor remake() {
    return saved.remake().get();
  }

  /** Marks whether a walk has to come by here; the arguments must be marked already. */
  void want(boolean asked) {
    wanted = asked || leadsToWanted();
  }

  boolean isWanted() {
    return wanted;
  }

  /** Adds to the gradient of this walk; {@code arrived} is handed over. */
  void add(Tensor arrived) {
    gradient = Accumulation.sum(gradient, arrived);
  }

  /** The gradient of this walk; null if none has arrived. */
  Tensor gradient() {
    return gradient;
  }

  /** Hands out the gradient of this walk. */
  Tensor takeGradient() {
    Tensor taken = gradient;
    gradient = null;
    return taken;
  }

  /** Takes the gradient on to the arguments and closes it. */
  void propagate(GradientSink into) {
    if (leadsToWanted()) {
      try (TensorScope temporaries = TensorScope.open()) {
        rule.backward(gradient, into);
      }
    }
    dropGradient();
  }

  /** Gives up everything that was held for walks. */
  void release() {
    if (saved != null) {
      saved.close();
      saved = null;
    }
    dropGradient();
    arguments = NONE;
    rule = null;
  }

  private boolean leadsToWanted() {
    for (Node argument : arguments) {
      if (argument.wanted) {
        return true;
      }
    }
    return false;
  }

  private void dropGradient() {
    if (gradient != null) {
      gradient.close();
      gradient = null;
    }
  }
}
