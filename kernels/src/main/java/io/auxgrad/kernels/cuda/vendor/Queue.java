package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.tensor.DeviceMemory;
import jcuda.driver.CUstream;

/** What the libraries need of the GPU that they run on. */
public interface Queue {
  /** The one stream. */
  CUstream stream();

  /** Whether it is being captured. */
  boolean isCapturing();

  /** Makes the GPU that of the calling thread. */
  void enter();

  /** Remembers what was put into the stream, for the message if it fails there. */
  void launched(String what);

  /** The GPU's memory. */
  DeviceMemory memory();

  /** Seconds that the GPU takes for what {@code work} asks of it, without waits for the host. */
  double seconds(Runnable work);

  /** Whether times mean something: not where each launch is waited for or memory is guarded. */
  boolean timesFairly();
}
