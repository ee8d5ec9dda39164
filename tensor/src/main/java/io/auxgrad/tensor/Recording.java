package io.auxgrad.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The ops of a computation, kept while it ran once, to be run again on the same memory: what lies
 * between two ops (checks, allocation, scopes, whole layers) is done with.
 *
 * <pre>{@code
 * RecordedMemory own = backend.newMemory();
 * Tensor x = Tensor.empty(own, DType.FLOAT32, shape);
 * try (Recording square = Recording.of(own, () -> y = pointwise.unary(UnaryOp.SQUARE, x))) {
 *   x.set(values);
 *   square.run();     // y holds the squares of the new values
 * }
 * }</pre>
 *
 * <p>The shapes are fixed. Tensors from before are read anew by each run, those that are open after
 * the recording are written anew; the ones that were closed on the way keep their place in {@code
 * own}, which therefore serves this recording alone. Results are the same bytes as those of the ops
 * called one by one. One thread at a time.
 *
 * <p>What takes a decision or a setting from the host cannot be recorded, and is refused: reading a
 * tensor's values, optimiser steps, dropout.
 */
public final class Recording implements AutoCloseable {
  private final RecordedMemory own;
  private final List<Runnable> kernels = new ArrayList<>();
  private final Set<Tensor> operands = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Tensor, Long> versions = new IdentityHashMap<>();
  private final List<Tensor> revived = new ArrayList<>();

  private Recording(RecordedMemory own) {
    this.own = own;
  }

  /**
   * Runs {@code body} once and keeps its ops.
   *
   * @param own where {@code body} makes its tensors: those that its inputs live in
   * @throws IllegalStateException if {@code body} does something that cannot be recorded
   */
  public static Recording of(RecordedMemory own, Runnable body) {
    Recording recording = new Recording(own);
    Launch.listen(recording::launch, body);
    recording.keepModified();
    recording.revive();
    return recording;
  }

  /** Runs the ops again, in their order. */
  public void run() {
    for (int i = 0; i < kernels.size(); i++) {
      kernels.get(i).run();
    }
  }

  /** Number of ops. */
  public int size() {
    return kernels.size();
  }

  private void launch(String op, Runnable kernel, Tensor... of) {
    if (op.startsWith("optimizer.") || op.equals("pointwise.dropout") || op.equals(Tensor.READ)) {
      throw new IllegalStateException(
          op + " cannot be recorded, for it depends on the host: leave it out of the recording");
    }
    keepModified();
    for (Tensor operand : of) {
      if (operand != null) {
        operands.add(operand);
        versions.put(operand, operand.version());
      }
    }
    kernel.run();
    kernels.add(kernel);
  }

  // An op says after its kernel that it changed a tensor in place: here, once the next op is there.
  private void keepModified() {
    versions.forEach((operand, version) -> {
      if (operand.version() != version) {
        Runnable kernel = kernels.removeLast();
        kernels.add(() -> {
          kernel.run();
          operand.modified();
        });
      }
    });
    versions.clear();
  }

  // A kernel asks its operands for their addresses, which only open tensors tell. Their memory was
  // given back to the pool in between and serves others in the same order in each run.
  private void revive() {
    for (Tensor operand : operands) {
      if (!operand.isOpen()) {
        if (operand.memory() != own) {
          throw new IllegalStateException(
              operand + " was made outside of the recording's memory and is closed by now");
        }
        operand.revive(true);
        revived.add(operand);
      }
    }
    operands.clear();
  }

  /** Forgets the ops; open results stay their owners'. */
  @Override
  public void close() {
    revived.forEach(tensor -> tensor.revive(false));
    revived.clear();
    kernels.clear();
  }
}
