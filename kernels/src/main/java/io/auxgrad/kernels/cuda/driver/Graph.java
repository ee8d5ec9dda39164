package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Capture;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/**
 * Work of the GPU that was captured once and is launched as a whole, at the cost of about one
 * launch. It reads and writes the memory that it was captured with. What was given back in the
 * capture stays the graph's until it is closed.
 */
public final class Graph implements AutoCloseable {
  private final Stream stream;
  private final Context context;
  private final Calls calls;
  private final Capture capture;
  private final Constants constants;
  private final Runnable reclaim;
  private final Executable executable = new Executable();
  private boolean open = true;

  private static final class Executable extends CUgraphExec {
    long address() {
      return getNativePointer();
    }
  }

  private Graph(Stream stream, Capture capture, Constants constants, Runnable reclaim) {
    this.stream = stream;
    this.capture = capture;
    this.constants = constants;
    this.reclaim = reclaim;
    context = stream.context();
    calls = context.calls();
  }

  /** What {@code body} puts into {@code stream}, which is not done now, as {@code capture}. */
  static Graph capture(Stream stream, CudaMemory memory, Capture capture, Runnable body) {
    stream.beginCapture();
    Constants constants = new Constants(stream);
    FreeBlocks used = memory.beginCapture(constants);
    try {
      Graph graph = new Graph(stream, capture, constants, () -> memory.reclaim(used));
      graph.instantiate(captured(stream, memory, body));
      return graph;
    } catch (RuntimeException | Error e) {
      constants.close();
      memory.reclaim(used);
      throw e;
    }
  }

  private static CUgraph captured(Stream stream, CudaMemory memory, Runnable body) {
    boolean complete = false;
    try {
      body.run();
      complete = true;
    } finally {
      memory.endCapture();
      if (!complete) {
        stream.abandonCapture();
      }
    }
    return stream.endCapture();
  }

  private void instantiate(CUgraph captured) {
    try {
      calls.check(
          JCudaDriver.cuGraphInstantiate(executable, captured, 0), "cuGraphInstantiateWithFlags");
    } finally {
      calls.checkUnlessLost(JCudaDriver.cuGraphDestroy(captured), "cuGraphDestroy");
    }
  }

  /** Puts the work into the GPU's queue; returns before it is done. */
  public void launch() {
    if (!open) {
      throw new IllegalStateException("the graph was closed already");
    }
    capture.prepare();
    context.enter();
    calls.check(
        context.driver().launchGraph(executable.address(), stream.address()), "cuGraphLaunch");
    calls.launched("a graph");
  }

  /** Frees it, when the GPU has done what was launched. May be called twice. */
  @Override
  public void close() {
    if (open) {
      open = false;
      context.enter();
      calls.checkUnlessLost(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
      constants.close();
      capture.forget();
      reclaim.run();
    }
  }
}
