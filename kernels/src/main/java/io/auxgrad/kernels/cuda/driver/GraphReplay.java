package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Feeds;
import io.auxgrad.tensor.Launch;
import io.auxgrad.tensor.Replay;
import io.auxgrad.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A computation that was captured as a graph, with what the host does before each launch of it. */
final class GraphReplay implements Replay, Launch.Listener {
  private final CudaMemory memory;
  private final Feeds feeds = new Feeds();
  private final IdentityHashMap<Tensor, Long> versions = new IdentityHashMap<>();
  private final List<Tensor> modified = new ArrayList<>();
  private Graph graph;

  private GraphReplay(CudaMemory memory) {
    this.memory = memory;
  }

  /** Captures {@code body}, which works in {@code memory}, and runs it once. */
  static GraphReplay of(CudaGpu gpu, CudaMemory memory, Runnable body) {
    GraphReplay replay = new GraphReplay(memory);
    // While a capture lasts nothing can be given up for what it needs.
    memory.giveBack();
    try {
      replay.graph = gpu.capture(() -> Launch.listen(replay, body));
      replay.findModified();
      replay.run();
      return replay;
    } catch (RuntimeException | Error e) {
      replay.close();
      throw e;
    }
  }

  @Override
  public void launch(String op, Runnable kernel, Tensor... operands) {
    for (Tensor operand : operands) {
      if (operand != null) {
        versions.putIfAbsent(operand, operand.version());
      }
    }
    kernel.run();
  }

  /** Nothing is done while capturing, so that the state of the host stays as it is. */
  @Override
  public Tensor feed(Supplier<Tensor> make, Consumer<Tensor> fill) {
    Tensor target = memory.outsideOfCapture(make);
    feeds.add(target, fill);
    return target;
  }

  private void findModified() {
    versions.forEach((tensor, version) -> {
      if (tensor.isOpen() && tensor.version() != version) {
        modified.add(tensor);
      }
    });
    versions.clear();
  }

  @Override
  public void run() {
    feeds.run();
    graph.launch();
    for (int i = 0; i < modified.size(); i++) {
      modified.get(i).modified();
    }
  }

  @Override
  public void close() {
    if (graph != null) {
      graph.close();
    }
    feeds.close();
    modified.clear();
  }
}
