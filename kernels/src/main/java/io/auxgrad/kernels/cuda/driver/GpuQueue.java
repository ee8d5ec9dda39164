package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.vendor.Queue;
import io.auxgrad.tensor.DeviceMemory;
import jcuda.driver.CUstream;

/** A GPU as NVIDIA's libraries are given it. */
record GpuQueue(CudaGpu gpu) implements Queue {
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
  public double seconds(Runnable work) {
    try (Timer timer = gpu.timer()) {
      return timer.seconds(work);
    }
  }
}
