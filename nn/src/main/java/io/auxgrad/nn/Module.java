package io.auxgrad.nn;

import io.auxgrad.autograd.Variable;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.MathMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A node of a named tree that owns parameters (trained), buffers (state that is not trained) and
 * child modules.
 *
 * <pre>{@code
 * final class Block extends Layer {
 *   private final Conv2d conv;
 *
 *   Block(Context context) {
 *     conv = child("conv", Conv2d.builder(context, 32, 64, 3).padding(1).build());
 *   }
 *
 *   @Override
 *   public Variable forward(Variable x) {
 *     return conv.forward(x).relu();
 *   }
 * }
 * }</pre>
 *
 * <p>Dotted names such as {@code conv.weight} come in the order of registration: a module's own
 * tensors first, then its children. Whoever made the root closes it; that closes the whole tree.
 * Not thread-safe.
 */
@SuppressWarnings("JavaLangClash") // the name every user of such a library looks for
public abstract class Module implements AutoCloseable {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private Module parent;
  private String name = "";
  private boolean training = true;
  private MathMode math = MathMode.FP32;

  /**
   * Adds {@code module} to the tree under {@code name} and returns it.
   *
   * @throws IllegalArgumentException if the name is taken or has a dot, or the module has a place
   *     already
   */
  protected final <M extends Module> M child(String name, M module) {
    requireFree(name);
    Module node = module;
    if (node.parent != null || node == this) {
      throw new IllegalArgumentException(
          "module '"
              + name
              + "' is already in a tree as '"
              + node.qualified("")
              + "': a module has one place");
    }
    node.parent = this;
    node.name = name;
    children.put(name, node);
    return module;
  }

  /** Adds a trained tensor, taking it over from its scope: this module closes it. */
  protected final Parameter parameter(String name, Tensor value) {
    requireFree(name);
    Parameter parameter = new Parameter(this, name, TensorScope.detach(value));
    parameters.put(name, parameter);
    return parameter;
  }

  /**
   * Adds a tensor that is saved but not trained, taking it over from its scope: this module closes
   * it.
   */
  protected final Tensor buffer(String name, Tensor value) {
    requireFree(name);
    buffers.put(name, TensorScope.detach(value));
    return value;
  }

  /** All parameters of the tree by dotted name. */
  public final Map<String, Parameter> parameters() {
    return collect(m -> m.parameters);
  }

  /** All buffers of the tree by dotted name. */
  public final Map<String, Tensor> buffers() {
    return collect(m -> m.buffers);
  }

  /**
   * The tensors to save: values of the parameters, and buffers, by dotted name. They stay the
   * module's.
   */
  public final Map<String, Tensor> state() {
    return collect(m -> {
      Map<String, Tensor> own = new LinkedHashMap<>();
      m.parameters.forEach((n, p) -> own.put(n, p.value()));
      own.putAll(m.buffers);
      return own;
    });
  }

  /** The direct children by name. */
  public final Map<String, Module> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * Switches the tree between training and inference (batch statistics, dropout). Modules start in
   * training.
   */
  public final void train(boolean on) {
    training = on;
    children.values().forEach(c -> c.train(on));
  }

  /** Whether this module is in training mode. */
  public final boolean isTraining() {
    return training;
  }

  /** What convolutions and matrix products of the tree multiply float32 as, from now on. */
  public final void math(MathMode math) {
    this.math = math;
    children.values().forEach(c -> c.math(math));
  }

  /** What this module multiplies float32 as. */
  public final MathMode math() {
    return math;
  }

  /**
   * Fixes (or frees) all parameters of the tree, and the running statistics of its batch
   * normalisations.
   */
  public void freeze(boolean on) {
    parameters.values().forEach(p -> p.variable().requiresGradient(!on));
    children.values().forEach(c -> c.freeze(on));
  }

  /** Number of trained values in the tree, frozen ones too. */
  public final long parameterCount() {
    return parameters().values().stream().mapToLong(p -> p.value().size()).sum();
  }

  /** Forgets all gradients. */
  public final void zeroGradients() {
    parameters().values().stream().map(Parameter::variable).forEach(Variable::zeroGradient);
  }

  /** Closes all parameters, their gradients, and all buffers of the tree. */
  @Override
  public void close() {
    children.values().forEach(Module::close);
    parameters.values().forEach(Parameter::close);
    buffers.values().forEach(Tensor::close);
  }

  /** {@code local} behind the path from the root to this module. */
  final String qualified(String local) {
    return parent == null ? local : parent.qualified(local.isEmpty() ? name : name + "." + local);
  }

  private <T> Map<String, T> collect(Function<Module, Map<String, T>> own) {
    Map<String, T> all = new LinkedHashMap<>();
    collect("", own, all);
    return all;
  }

  private <T> void collect(
      String prefix, Function<Module, Map<String, T>> own, Map<String, T> into) {
    own.apply(this).forEach((n, value) -> into.put(prefix + n, value));
    children.forEach((n, child) -> child.collect(prefix + n + ".", own, into));
  }

  private void requireFree(String name) {
    if (name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          "module: the name '" + name + "' must not be empty or contain a dot");
    }
    if (parameters.containsKey(name) || buffers.containsKey(name) || children.containsKey(name)) {
      throw new IllegalArgumentException(
          "module: the name '" + name + "' is taken in '" + qualified("") + "'");
    }
  }
}
