package io.auxgrad.tensor;

/**
 * Owns the tensors made while it is the innermost open scope of its thread, and closes them with
 * itself.
 *
 * <pre>{@code
 * Tensor result;
 * try (var scope = TensorScope.open()) {
 *   Tensor a = ...;            // closed at the end of the block
 *   result = scope.keep(b);    // handed to the enclosing scope, or to the caller if there is none
 * }
 * }</pre>
 *
 * <p>Scopes of a thread are closed in the reverse order of opening, on the thread that opened them.
 * With {@code -Dauxgrad.debug.tensors=true} each tensor remembers where it was made; {@link
 * #report} prints it.
 */
public final class TensorScope implements AutoCloseable {
  private static final boolean DEBUG = Boolean.getBoolean("auxgrad.debug.tensors");
  private static final ThreadLocal<TensorScope> CURRENT = new ThreadLocal<>();
  private static final LiveTensors LIVE = new LiveTensors();

  private final TensorScope parent = CURRENT.get();
  private final Thread owner = Thread.currentThread();
  private Tensor newest;
  private boolean open = true;

  private TensorScope() {}

  /** Opens a scope inside the current one of this thread. */
  public static TensorScope open() {
    TensorScope scope = new TensorScope();
    CURRENT.set(scope);
    return scope;
  }

  /**
   * Hands {@code tensor} of this scope to the enclosing scope, or to the caller if there is none.
   */
  public Tensor keep(Tensor tensor) {
    return move(tensor, parent);
  }

  /** Takes {@code tensor} out of every scope: the caller now owns and closes it. */
  public static Tensor detach(Tensor tensor) {
    return move(tensor, null);
  }

  /** Number of open tensors in the process. */
  public static int liveTensors() {
    return LIVE.count();
  }

  /**
   * The open tensors of the process by type and shape, largest first, with where they were made in
   * debug mode; and what the memories that hold them have in use, had at most, and hold from the
   * system. Bytes that a tensor shares with its views are counted once.
   */
  public static String report() {
    return MemoryReport.of(LIVE.list());
  }

  /** The largest ones on a device, in one line for an error's message. */
  static String largest(Device device) {
    String where = DEBUG ? "" : " (-Dauxgrad.debug.tensors=true says where they were made)";
    String largest = MemoryReport.largest(LIVE.list(), device);
    return largest.isEmpty() ? "" : "; the largest tensors: " + largest + where;
  }

  /** Closes the tensors that are still open in this scope. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    if (CURRENT.get() != this || Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "scopes are closed in the reverse order of opening, on the thread that opened them");
    }
    open = false;
    CURRENT.set(parent);
    while (newest != null) {
      newest.close();
    }
  }

  static void register(Tensor tensor) {
    if (DEBUG) {
      tensor.origin = new Throwable("made here");
    }
    LIVE.add(tensor);
    enter(tensor, CURRENT.get());
  }

  static void unregister(Tensor tensor) {
    LIVE.remove(tensor);
    leave(tensor);
  }

  private static void enter(Tensor tensor, TensorScope scope) {
    tensor.scope = scope;
    if (scope != null) {
      tensor.before = scope.newest;
      if (scope.newest != null) {
        scope.newest.after = tensor;
      }
      scope.newest = tensor;
    }
  }

  private static void leave(Tensor tensor) {
    TensorScope scope = tensor.scope;
    if (scope == null) {
      return;
    }
    if (tensor.after == null) {
      scope.newest = tensor.before;
    } else {
      tensor.after.before = tensor.before;
    }
    if (tensor.before != null) {
      tensor.before.after = tensor.after;
    }
    tensor.scope = null;
    tensor.before = null;
    tensor.after = null;
  }

  private static Tensor move(Tensor tensor, TensorScope to) {
    leave(tensor);
    enter(tensor, to);
    return tensor;
  }
}
