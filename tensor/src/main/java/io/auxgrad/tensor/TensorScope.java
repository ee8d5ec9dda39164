package io.auxgrad.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
  private static final Set<Tensor> LIVE = ConcurrentHashMap.newKeySet();

  private final TensorScope parent = CURRENT.get();
  private final Thread owner = Thread.currentThread();
  private final ArrayList<Tensor> tensors = new ArrayList<>();
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
    return LIVE.size();
  }

  /**
   * The open tensors of the process by type and shape, largest first, with where they were made in
   * debug mode.
   */
  public static String report() {
    record Group(String what, String where) {}
    Map<Group, long[]> groups = new HashMap<>();
    for (Tensor t : LIVE) {
      long[] sum = groups.computeIfAbsent(new Group(t.toString(), madeAt(t)), g -> new long[2]);
      sum[0]++;
      sum[1] += t.byteSize();
    }
    StringBuilder text = new StringBuilder("live tensors: " + LIVE.size() + "\n");
    groups.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Group, long[]> e) -> -e.getValue()[1]))
        .forEach(e ->
            text.append(
                "%6d x %s, %d bytes%s%n"
                    .formatted(
                        e.getValue()[0], e.getKey().what(), e.getValue()[1], e.getKey().where())));
    return text.toString();
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
    while (!tensors.isEmpty()) {
      tensors.getLast().close();
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

  // Each tensor knows its place in the list, and the last one fills the place of one that leaves:
  // entering and leaving are O(1) however many tensors a scope holds.
  private static void enter(Tensor tensor, TensorScope scope) {
    tensor.scope = scope;
    if (scope != null) {
      tensor.slot = scope.tensors.size();
      scope.tensors.add(tensor);
    }
  }

  private static void leave(Tensor tensor) {
    TensorScope scope = tensor.scope;
    if (scope == null) {
      return;
    }
    Tensor last = scope.tensors.removeLast();
    if (last != tensor) {
      scope.tensors.set(tensor.slot, last);
      last.slot = tensor.slot;
    }
    tensor.scope = null;
  }

  private static String madeAt(Tensor tensor) {
    if (tensor.origin == null) {
      return "";
    }
    for (StackTraceElement frame : tensor.origin.getStackTrace()) {
      if (!frame.getClassName().startsWith("io.auxgrad.tensor.")) {
        return ", made at " + frame;
      }
    }
    return "";
  }

  private static Tensor move(Tensor tensor, TensorScope to) {
    leave(tensor);
    enter(tensor, to);
    return tensor;
  }
}
