package io.auxgrad.kernels.cuda.driver;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * The primary context of a device, which this process shares with whatever else in it uses the
 * device, for example cuDNN. Each thread has one context that its calls go to.
 */
final class Context implements AutoCloseable {
  private static final ThreadLocal<Context> CURRENT = new ThreadLocal<>();

  private final Driver driver;
  private final Calls calls;
  private final CUdevice device;
  private final CUcontext handle = new CUcontext();

  Context(Driver driver, Calls calls, int index) {
    this.driver = driver;
    this.calls = calls;
    device = DeviceInfo.handle(index);
    calls.check(JCudaDriver.cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain");
    try {
      enter();
    } catch (RuntimeException e) {
      JCudaDriver.cuDevicePrimaryCtxRelease(device);
      throw e;
    }
  }

  Driver driver() {
    return driver;
  }

  Calls calls() {
    return calls;
  }

  CUdevice device() {
    return device;
  }

  /** Makes this the context of the calling thread's next calls. */
  void enter() {
    Thread thread = Thread.currentThread();
    // A virtual thread may have moved to another thread of the system since.
    if (CURRENT.get() != this || thread.isVirtual()) {
      calls.check(JCudaDriver.cuCtxSetCurrent(handle), "cuCtxSetCurrent");
      CURRENT.set(this);
    }
  }

  @Override
  public void close() {
    CURRENT.remove();
    calls.checkUnlessLost(
        JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
  }
}
