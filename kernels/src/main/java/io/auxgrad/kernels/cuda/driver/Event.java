package io.auxgrad.kernels.cuda.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A point in a {@link Stream} that can be waited for and has a time. */
final class Event extends CUevent implements AutoCloseable {
  private final Context context;
  private final Calls calls;

  private Event(Context context, int flags) {
    this.context = context;
    calls = context.calls();
    context.enter();
    calls.check(JCudaDriver.cuEventCreate(this, flags), "cuEventCreate");
  }

  /** One that is only waited for. */
  static Event withoutTime(Context context) {
    return new Event(context, CUevent_flags.CU_EVENT_DISABLE_TIMING);
  }

  /** One that keeps the time. */
  static Event withTime(Context context) {
    return new Event(context, CUevent_flags.CU_EVENT_DEFAULT);
  }

  /** Puts it behind all that {@code stream} has to do. */
  void record(Stream stream) {
    context.enter();
    calls.check(context.driver().record(getNativePointer(), stream.address()), "cuEventRecord");
  }

  /** Waits until the GPU has come to it; at once where it is in no stream. */
  void synchronize() {
    context.enter();
    calls.check(JCudaDriver.cuEventSynchronize(this), "cuEventSynchronize");
  }

  /** Whether the GPU has come to it; true where it is in no stream. */
  boolean isReached() {
    context.enter();
    int status = JCudaDriver.cuEventQuery(this);
    if (status == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    calls.check(status, "cuEventQuery");
    return true;
  }

  /** Seconds from {@code start} to this, when both have been reached. */
  double secondsSince(Event start) {
    float[] milliseconds = new float[1];
    context.enter();
    calls.check(JCudaDriver.cuEventElapsedTime(milliseconds, start, this), "cuEventElapsedTime");
    return milliseconds[0] / 1e3;
  }

  @Override
  public void close() {
    context.enter();
    calls.checkUnlessLost(JCudaDriver.cuEventDestroy(this), "cuEventDestroy");
  }
}
