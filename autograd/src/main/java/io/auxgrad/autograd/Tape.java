package io.auxgrad.autograd;

import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.Backends;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Records one forward pass on the thread that opened it, and walks it backwards.
 *
 * <pre>{@code
 * DeviceMemory memory = Backends.cpu().memory();
 * Variable x = Variable.constant(Tensor.of(memory, Shape.of(2, 2), 1, 2, 3, 4));
 * Variable w = Variable.parameter(Tensor.of(memory, Shape.of(2, 1), 0.5f, -1));
 * try (Tape tape = Tape.open()) {
 *   Variable loss = MatmulGradients.matmul(x, w).square().mean();
 *   tape.backward(loss);
 *   System.out.println(loss.value().item());                // 4.25
 * }                                                         // closes what was computed in between
 * System.out.println(Arrays.toString(w.gradient().toFloats())); // [-9.0, -13.0]
 * }</pre>
 *
 * <p>A tape is also a {@link TensorScope}: what is computed while it is open is closed with it.
 * Backward closes intermediate values, saved tensors and gradients as soon as they are used up;
 * afterwards only scalars and variables marked with {@link Variable#keep} still have a value, until
 * the tape closes. The gradients of parameters belong to the parameters and stay. Before backward,
 * {@link Variable#release} or a scope inside the tape closes values that nobody will look at; what
 * backward needs of them stays in memory all the same.
 *
 * <p>Only first derivatives are available. Parameters must not change between the forward pass and
 * its backward pass. Without an open tape the same ops just compute.
 */
public final class Tape implements AutoCloseable {
  private static final ThreadLocal<Tape> CURRENT = new ThreadLocal<>();

  private final List<Node> nodes = new ArrayList<>();
  private final IdentityHashMap<Variable, Node> leaves = new IdentityHashMap<>();
  private final TensorScope scope = TensorScope.open();
  private boolean usedUp;
  private boolean closed;

  private Tape() {}

  /** Records on this thread until closed. One at a time: inside another tape this is an error. */
  public static Tape open() {
    if (CURRENT.get() != null) {
      throw new IllegalStateException(
          "a tape is open on this thread already: close it first, or suspend it with Tape.noGrad()");
    }
    Tape tape = new Tape();
    CURRENT.set(tape);
    return tape;
  }

  /**
   * Suspends recording on this thread until closed: {@code try (var off = Tape.noGrad()) {...}}.
   */
  public static NoGrad noGrad() {
    return new NoGrad();
  }

  /** Whether ops on this thread are recorded now. */
  public static boolean isRecording() {
    return CURRENT.get() != null;
  }

  /** Whether an op on {@code arguments}, of which some may be null, would be recorded now. */
  public static boolean tracks(Variable... arguments) {
    return isRecording() && anyRequiresGradient(arguments);
  }

  private static boolean anyRequiresGradient(Variable... arguments) {
    for (Variable argument : arguments) {
      if (argument != null && argument.requiresGradient()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The variable of an op's result, recorded if the op {@linkplain #tracks is to be}. For use by
   * ops.
   *
   * @param result computed from {@code arguments}; belongs to the variable
   * @param rule saves what it needs and makes the gradient rule; called only to record
   * @param arguments of the op; may contain null
   */
  public static Variable record(Tensor result, Function<Saver, Rule> rule, Variable... arguments) {
    Variable variable = Variable.result(result);
    if (tracks(arguments)) {
      CURRENT.get().append(variable, rule, arguments);
    }
    return variable;
  }

  /** {@link #backward(Variable, boolean)} that uses the tape up. */
  public void backward(Variable loss) {
    backward(loss, false);
  }

  /**
   * Adds the derivatives of {@code loss} to the gradients of all parameters it was computed from.
   *
   * @param loss of one element, recorded on this tape
   * @param retain true if the tape will be walked again: nothing is freed before the tape closes
   */
  public void backward(Variable loss, boolean retain) {
    Node from = start("backward", loss);
    nodes.forEach(node -> node.want(true));
    try (Tensor one = one("backward", loss)) {
      walk(
          from,
          one,
          retain,
          node -> {
            if (node.isLeaf()) {
              node.variable().deposit(node.takeGradient());
            }
          });
    }
  }

  /**
   * The derivatives of {@code loss} with respect to {@code of}, parameters or results, leaving
   * {@link Variable#gradient} alone. Walks no further than needed, and retains the tape.
   *
   * @return in the order of {@code of}, owned by the current scope; zeros where the loss does not
   *     depend on a variable
   */
  public Map<Variable, Tensor> gradients(Variable loss, Collection<Variable> of) {
    try (Tensor one = one("gradients", loss)) {
      return gradients(loss, one, of, true);
    }
  }

  /** The derivatives of {@code sum(result * dy)}. */
  Map<Variable, Tensor> gradients(
      Variable result, Tensor dy, Collection<Variable> of, boolean retain) {
    Node from = start("gradients", result);
    Map<Variable, Tensor> found = new LinkedHashMap<>();
    of.forEach(variable -> found.put(variable, null));
    nodes.forEach(node -> node.want(found.containsKey(node.variable())));
    walk(
        from,
        dy,
        retain,
        node -> {
          if (found.containsKey(node.variable())) {
            found.put(node.variable(), node.gradient().reshape(node.variable().shape()));
          }
        });
    found.replaceAll((variable, gradient) ->
        gradient == null
            ? Tensor.zeros(dy.memory(), variable.dtype(), variable.shape())
            : Accumulation.exclusive(gradient));
    return found;
  }

  /** The parameters used so far, in the order of first use. */
  List<Variable> leaves() {
    return nodes.stream().filter(Node::isLeaf).map(Node::variable).toList();
  }

  /** Moves {@code tensor} to the scope that encloses this tape. */
  Tensor handOut(Tensor tensor) {
    return scope.keep(tensor);
  }

  /** Makes {@code tape}, which may be null, the one that records; returns the one before. */
  static Tape swap(Tape tape) {
    Tape before = CURRENT.get();
    CURRENT.set(tape);
    return before;
  }

  /** The node of {@code variable} on this tape; null if it has none. */
  Node find(Variable variable) {
    if (variable == null || variable.isLeaf()) {
      return leaves.get(variable);
    }
    Node node = variable.node();
    return node != null && node.tape() == this ? node : null;
  }

  /** Frees everything recorded and computed. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (CURRENT.get() != this) {
      throw new IllegalStateException(
          "a tape is closed on the thread that opened it, after what was opened inside it");
    }
    closed = true;
    CURRENT.remove();
    release();
    scope.close();
  }

  // Recorded in the order of computation, so that backwards each gradient is complete when met.
  private void walk(Node from, Tensor dy, boolean retain, Consumer<Node> onArrival) {
    GradientSink into = new GradientSink(this, retain);
    usedUp = !retain;
    from.add(Accumulation.share(dy));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (!retain) {
        node.variable().dropValue();
      }
      if (node.gradient() != null) {
        if (!node.isLeaf()) {
          node.variable().announce(node.gradient());
        }
        onArrival.accept(node);
        node.propagate(into);
      }
      if (!retain) {
        node.release();
      }
    }
    if (!retain) {
      release();
    }
  }

  private void append(Variable result, Function<Saver, Rule> rule, Variable... arguments) {
    requireUsable();
    Node[] from = nodesOf(arguments);
    Saver saver = new Saver();
    Node node = new Node(this, result, from, rule.apply(saver), saver);
    nodes.add(node);
    result.recorded(node);
  }

  private Node[] nodesOf(Variable... arguments) {
    Node[] found = new Node[arguments.length];
    int count = 0;
    for (Variable argument : arguments) {
      if (argument != null && argument.requiresGradient()) {
        found[count++] = nodeOf(argument);
      }
    }
    return count == found.length ? found : Arrays.copyOf(found, count);
  }

  private Node nodeOf(Variable argument) {
    if (argument.isLeaf()) {
      Node known = leaves.get(argument);
      return known != null ? known : leaf(argument);
    }
    Node node = find(argument);
    if (node == null) {
      throw new IllegalStateException(
          argument + " was recorded on another tape: compute it on this one, or detach() it");
    }
    return node;
  }

  private Node leaf(Variable parameter) {
    Node node = Node.leaf(this, parameter);
    nodes.add(node);
    leaves.put(parameter, node);
    return node;
  }

  private Node start(String op, Variable from) {
    requireUsable();
    if (!from.requiresGradient()) {
      throw new TensorException(
          op + ": " + from + " depends on nothing that requires a gradient and was recorded");
    }
    return nodeOf(from);
  }

  private static Tensor one(String op, Variable loss) {
    if (loss.shape().size() != 1) {
      throw new TensorException(
          op
              + ": "
              + loss
              + " has "
              + loss.shape().size()
              + " elements, one is needed: reduce it with mean() or sum()");
    }
    Tensor one = Tensor.empty(loss.value().memory(), loss.dtype(), loss.shape());
    Backends.of(one).pointwise().fill(one, 1);
    return one;
  }

  private void requireUsable() {
    if (closed) {
      throw new IllegalStateException("this tape is closed: open a new one for a new forward pass");
    }
    if (usedUp) {
      throw new IllegalStateException(
          "this tape was used up by a backward pass: open a new one for a new forward pass, or walk"
              + " it with backward(loss, true) until the last time");
    }
  }

  private void release() {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      nodes.get(i).release();
    }
    nodes.clear();
    leaves.clear();
  }
}
