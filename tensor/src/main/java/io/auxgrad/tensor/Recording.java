package io.auxgrad.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The ops of a computation, kept while it ran once, to be run again on the same memory: what lies
 * between two ops (checks, allocation, scopes, whole layers) is done with.
 *
 * <pre>{@code
 * Tensor x = Tensor.empty(memory, DType.FLOAT32, shape);
 * try (Recording square = memory.record(() -> y = pointwise.unary(UnaryOp.SQUARE, x))) {
 *   x.set(values);
 *   square.run();     // y holds the squares of the new values
 * }
 * }</pre>
 *
 * <p>The shapes are fixed. Tensors from before are read anew by each run, those that are open after
 * the recording are written anew; the ones that were closed on the way keep their place in the
 * recording's own pool. What the host decides anew for each run comes by {@link Launch#feed}; other
 * values that it uploads on the way are the same in each run. Results are the same bytes as those
 * of the ops called one by one. One thread at a time.
 *
 * <p>What goes back to the host on the way, as a value that is read, cannot be recorded, and is
 * refused.
 */
public final class Recording implements Replay {
  private static final Set<String> REFUSED = Set.of(Tensor.READ, "optimizer.sumOfSquares");

  private final RecordableMemory memory;
  private final Runnable retire;
  private final Feeds feeds = new Feeds();
  private final Runnable feed = feeds::run;
  private final List<Call> calls = new ArrayList<>();
  private final Set<Tensor> operands = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Tensor, Long> versions = new IdentityHashMap<>();
  private final List<Tensor> revived = new ArrayList<>();
  private boolean open = true;

  private record Call(String op, Runnable kernel, Tensor[] operands) {
    Call with(Runnable changed) {
      return new Call(op, changed, operands);
    }
  }

  private Recording(RecordableMemory memory, Runnable retire) {
    this.memory = memory;
    this.retire = retire;
  }

  /** In {@code memory}, which keeps what is given back in {@code body} until {@code retire}. */
  static Recording of(RecordableMemory memory, Runnable retire, Runnable body) {
    Recording recording = new Recording(memory, retire);
    try {
      Launch.listen(recording.new Listener(), body);
      recording.keepModified();
      recording.revive();
      return recording;
    } catch (RuntimeException | Error e) {
      recording.forget();
      throw e;
    }
  }

  private final class Listener implements Launch.Listener {
    @Override
    public void launch(String op, Runnable kernel, Tensor... of) {
      record(op, kernel, of);
    }

    @Override
    public Tensor feed(Supplier<Tensor> make, Consumer<Tensor> fill) {
      Tensor target = memory.outsideOfRecording(make);
      fill.accept(target);
      feeds.add(target, fill);
      return target;
    }
  }

  /** Runs the ops again, in their order; a {@link Launch.Listener} of this thread sees them. */
  @Override
  public void run() {
    Launch.unseen(feed);
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      Launch.run(call.op, call.kernel, call.operands);
    }
  }

  /** Number of ops. */
  public int size() {
    return calls.size();
  }

  private void record(String op, Runnable kernel, Tensor... of) {
    if (REFUSED.contains(op)) {
      throw new IllegalStateException(
          op + " cannot be recorded, for the host waits for it: leave it out of the recording");
    }
    keepModified();
    for (Tensor operand : of) {
      if (operand != null) {
        operands.add(operand);
        versions.put(operand, operand.version());
      }
    }
    kernel.run();
    calls.add(new Call(op, kernel, of));
  }

  // An op says after its kernel that it changed a tensor in place: here, once the next op is there.
  private void keepModified() {
    versions.forEach((operand, version) -> {
      if (operand.version() != version) {
        Call call = calls.removeLast();
        calls.add(
            call.with(() -> {
              call.kernel.run();
              operand.modified();
            }));
      }
    });
    versions.clear();
  }

  // A kernel asks its operands for their addresses, which only open tensors tell. Their memory was
  // given back in between and serves others in the same order in each run.
  private void revive() {
    for (Tensor operand : operands) {
      if (!operand.isOpen()) {
        if (operand.memory() != memory) {
          throw new IllegalStateException(
              operand + " was made outside of the recorded memory and is closed by now");
        }
        operand.revive(true);
        revived.add(operand);
      }
    }
    operands.clear();
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      forget();
      retire.run();
    }
  }

  private void forget() {
    revived.forEach(tensor -> tensor.revive(false));
    revived.clear();
    calls.clear();
    feeds.close();
  }
}
