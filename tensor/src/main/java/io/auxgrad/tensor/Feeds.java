package io.auxgrad.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The part of the host in a computation that is replayed, in the order of {@link Launch#feed}: to
 * be done before each replay.
 */
public final class Feeds implements AutoCloseable {
  private final List<Runnable> work = new ArrayList<>();
  private final List<Tensor> kept = new ArrayList<>();

  /** Keeps the memory of {@code target} until this is closed, for it is written before each run. */
  public void add(Tensor target, Consumer<Tensor> fill) {
    Tensor own = TensorScope.detach(target.reshape(target.shape()));
    kept.add(own);
    work.add(() -> fill.accept(own));
  }

  /** Does it all. */
  public void run() {
    for (int i = 0; i < work.size(); i++) {
      work.get(i).run();
    }
  }

  /** Lets go of the targets. */
  @Override
  public void close() {
    kept.forEach(Tensor::close);
    kept.clear();
    work.clear();
  }
}
