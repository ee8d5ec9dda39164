package io.auxgrad.autograd;

import io.auxgrad.tensor.DType;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.Backends;
import io.auxgrad.tensor.ops.BinaryOp;
import io.auxgrad.tensor.ops.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A tensor and, while a {@link Tape} records, how it was made: a constant, a parameter, or the
 * result of an op on other variables.
 *
 * <p>The caller owns the values of constants and parameters. The value of a result belongs to the
 * scope it was made in: the tape's, or the caller's where nothing records.
 */
public final class Variable {
  private enum Kind {
    CONSTANT,
    PARAMETER,
    RESULT
  }

  private final Kind kind;
  private final Tensor value;
  private List<Consumer<Tensor>> hooks = List.of();
  private boolean trainable;
  private boolean kept;
  private Node node;
  private Tensor gradient;

  private Variable(Kind kind, Tensor value) {
    this.kind = kind;
    this.value = value;
    this.trainable = kind == Kind.PARAMETER;
  }

  /** A value that is never differentiated. */
  public static Variable constant(Tensor value) {
    return new Variable(Kind.CONSTANT, value);
  }

  /** A leaf that collects a gradient. */
  public static Variable parameter(Tensor value) {
    return new Variable(Kind.PARAMETER, value);
  }

  static Variable result(Tensor value) {
    return new Variable(Kind.RESULT, value);
  }

  /** The value; for a result only until backward or {@link #release} has freed it. */
  public Tensor value() {
    if (!value.isOpen()) {
      throw new IllegalStateException(
          "the value of "
              + this
              + " was freed, by backward, release() or the end of its scope or"
              + " tape: read it before, or call keep() before backward");
    }
    return value;
  }

  /** Shape of the value, also when that is freed. */
  public Shape shape() {
    return value.shape();
  }

  /** Element type of the value, also when that is freed, and of the gradient. */
  public DType dtype() {
    return value.dtype();
  }

  /** Whether backward comes by here: a parameter that is not frozen, or a recorded result. */
  public boolean requiresGradient() {
    return trainable || node != null;
  }

  /** Freezes a parameter ({@code false}) or lets it learn again; takes effect on the next ops. */
  public void requiresGradient(boolean on) {
    if (kind != Kind.PARAMETER) {
      throw new TensorException(
          this + " is not a parameter: only those are frozen or set free; use detach() instead");
    }
    trainable = on;
  }

  /** The gradient that has accumulated in a parameter; null before backward, and for others. */
  public Tensor gradient() {
    return gradient;
  }

  /** Closes and forgets the gradient. */
  public void zeroGradient() {
    if (gradient != null) {
      gradient.close();
      gradient = null;
    }
  }

  /** {@link Tape#backward(Variable)} on the tape that recorded this scalar. */
  public void backward() {
    if (node == null) {
      throw new TensorException(
          "backward: " + this + " depends on nothing that requires a gradient and was recorded");
    }
    node.tape().backward(this);
  }

  /** The same memory as a constant: what is computed from it does not reach back to here. */
  public Variable detach() {
    return result(value().reshape(shape()));
  }

  /**
   * Calls {@code hook} in every backward pass with the complete gradient of this variable, before
   * it flows on or, for a parameter, is added to {@link #gradient}. The hook must not change or
   * close it. {@link Tape#gradients} calls the hooks of the results it passes, not of parameters.
   */
  public void onGradient(Consumer<Tensor> hook) {
    if (!requiresGradient()) {
      throw new TensorException("onGradient: " + this + " gets no gradient");
    }
    if (hooks.isEmpty()) {
      hooks = new ArrayList<>();
    }
    hooks.add(hook);
  }

  /** Lets backward leave the value open until the tape closes; returns this. */
  public Variable keep() {
    kept = true;
    return this;
  }

  /**
   * Says that the value of this result will not be looked at any more: its memory is free as soon
   * as no gradient rule needs it, at once where nothing was recorded. Does nothing to constants and
   * parameters.
   */
  public void release() {
    if (kind == Kind.RESULT) {
      value.close();
    }
  }

  /** {@code this + other}, broadcasting. */
  public Variable plus(Variable other) {
    return PointwiseGradients.binary(BinaryOp.ADD, this, other);
  }

  /** {@code this + number}. */
  public Variable plus(float number) {
    return PointwiseGradients.affine(this, 1, number);
  }

  /** {@code this - other}, broadcasting. */
  public Variable minus(Variable other) {
    return PointwiseGradients.binary(BinaryOp.SUBTRACT, this, other);
  }

  /** {@code this - number}. */
  public Variable minus(float number) {
    return PointwiseGradients.affine(this, 1, -number);
  }

  /** {@code this * other} element by element, broadcasting. */
  public Variable times(Variable other) {
    return PointwiseGradients.binary(BinaryOp.MULTIPLY, this, other);
  }

  /** {@code this * number}. */
  public Variable times(float number) {
    return PointwiseGradients.affine(this, number, 0);
  }

  /** {@code this / other} element by element, broadcasting. */
  public Variable dividedBy(Variable other) {
    return PointwiseGradients.binary(BinaryOp.DIVIDE, this, other);
  }

  /** {@code this / number}. */
  public Variable dividedBy(float number) {
    return PointwiseGradients.affine(this, 1 / number, 0);
  }

  /** {@code max(0, this)}. */
  public Variable relu() {
    return PointwiseGradients.unary(UnaryOp.RELU, this);
  }

  /** {@code this^2} element by element. */
  public Variable square() {
    return PointwiseGradients.unary(UnaryOp.SQUARE, this);
  }

  /** The sum of all elements, a scalar. */
  public Variable sum() {
    return ReductionGradients.sum(this);
  }

  /** The mean of all elements, a scalar. */
  public Variable mean() {
    return ReductionGradients.mean(this);
  }

  /** The same elements under another shape of the same size; shares the memory. */
  public Variable reshape(Shape to) {
    return IndexingGradients.reshape(this, to);
  }

  /** For example {@code parameter FLOAT32[64,3,3,32]@cpu}. */
  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + value;
  }

  Backend backend() {
    return Backends.of(value);
  }

  boolean isLeaf() {
    return kind != Kind.RESULT;
  }

  Node node() {
    return node;
  }

  void recorded(Node as) {
    node = as;
  }

  /** The value, made again in the current scope if it was freed: for results that can be remade. */
  Tensor valueOrRemade() {
    return value.isOpen() ? value : node.remake();
  }

  /** Closes the value of a result that backward has passed, unless it may still be read. */
  void dropValue() {
    if (!kept && shape().size() > 1) {
      release();
    }
  }

  /** Shows the complete gradient of a walk to the hooks, in the order they were added. */
  void announce(Tensor complete) {
    for (int i = 0; i < hooks.size(); i++) {
      hooks.get(i).accept(complete);
    }
  }

  /** Adds the complete gradient of a walk, which is handed over. */
  void deposit(Tensor complete) {
    announce(complete);
    Tensor own = TensorScope.detach(Accumulation.exclusive(complete));
    gradient = Accumulation.sum(gradient, own);
  }
}
