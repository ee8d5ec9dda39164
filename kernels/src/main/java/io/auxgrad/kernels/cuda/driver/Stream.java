package io.auxgrad.kernels.cuda.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A queue of the GPU: what is put into it is done in that order. */
final class Stream extends CUstream implements AutoCloseable {
  private final Context context;
  private final Calls calls;
  private boolean capturing;

  /** One that does not wait for the others. */
  Stream(Context context) {
    this.context = context;
    calls = context.calls();
    context.enter();
    calls.check(
        JCudaDriver.cuStreamCreate(this, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  }

  /** What the driver knows it by. */
  long address() {
    return getNativePointer();
  }

  Context context() {
    return context;
  }

  /** What is put into it from now on waits for {@code event}; not if that is in no stream. */
  void await(Event event) {
    context.enter();
    calls.check(JCudaDriver.cuStreamWaitEvent(this, event, 0), "cuStreamWaitEvent");
  }

  /** Waits until all is done that was put into it. */
  void synchronize() {
    requireNoCapture("waited for");
    context.enter();
    calls.check(context.driver().synchronize(address()), "cuStreamSynchronize");
  }

  /** The same before things are given back: a device that is lost has nothing to wait for. */
  void drain() {
    context.enter();
    calls.checkUnlessLost(context.driver().synchronize(address()), "cuStreamSynchronize");
  }

  /** What is put into it from now on is kept and not done. */
  void beginCapture() {
    requireNoCapture("captured again");
    context.enter();
    // Others would forbid what a first run may do: load kernels and take memory on another stream.
    calls.check(
        JCudaDriver.cuStreamBeginCapture(this, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
        "cuStreamBeginCapture");
    capturing = true;
  }

  /** Ends the capture; what was captured is the caller's to destroy. */
  CUgraph endCapture() {
    capturing = false;
    CUgraph graph = new CUgraph();
    calls.check(JCudaDriver.cuStreamEndCapture(this, graph), "cuStreamEndCapture");
    return graph;
  }

  /** Ends a capture that failed, which may have spoilt it: the failure is what is to be told. */
  void abandonCapture() {
    capturing = false;
    CUgraph graph = new CUgraph();
    if (JCudaDriver.cuStreamEndCapture(this, graph) == CUresult.CUDA_SUCCESS) {
      calls.checkUnlessLost(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy");
    }
  }

  boolean isCapturing() {
    return capturing;
  }

  /** Fails while work is captured, which cannot be {@code what}. */
  void requireNoCapture(String what) {
    if (capturing) {
      throw new IllegalStateException(
          "the GPU's work is being captured into a graph and cannot be %s before that ends: do it before or after the capture"
              .formatted(what));
    }
  }

  @Override
  public void close() {
    context.enter();
    calls.checkUnlessLost(JCudaDriver.cuStreamDestroy(this), "cuStreamDestroy");
  }
}
