package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.vendor.Queue;
import io.auxgrad.tensor.DeviceMemory;
import jcuda.driver.CUstream;

/** A GPU as NVIDIA's libraries are given it. */
record GpuQueue(CudaGpu gpu) implements Queue {
  /** In microseconds: longer than the host takes to ask for a few launches. */
  private static final int HEAD_START = 1000;

  @Override
  public CUstream stream() {
    return gpu.stream();
  }

  @Override
  public boolean isCapturing() {
    return gpu.stream().isCapturing();
  }

  @Override
  public void enter() {
    gpu.stream().context().enter();
  }

  @Override
  public void launched(String what) {
    gpu.calls().launched(what);
  }

  @Override
  public DeviceMemory memory() {
    return gpu.memory();
  }

  @Override
  public boolean timesFairly() {
    return !gpu.isObserved();
  }

  @Override
  public double seconds(Runnable work) {
    try (Timer timer = gpu.timer()) {
      // A GPU that waits for the next launch would be timed as busy.
      gpu.kernel(Canary.FILE, "hold").begin().put(HEAD_START).launchBlocks(1, 1);
      return timer.seconds(work);
    }
  }
}
