package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backend;
import io.auxgrad.tensor.ops.BackendProvider;

/** Starts the CUDA backend. Libraries of NVIDIA are looked for and loaded only then. */
public final class CudaBackendProvider implements BackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {}

  @Override
  public Device.Kind kind() {
    return Device.Kind.CUDA;
  }

  @Override
  public Backend create(Device device) {
    try {
      CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
      return new CudaBackend(CudaGpu.open(libraries, device.index()));
    } catch (CudaException e) {
      throw new TensorException(
          "device %s cannot be used: %s".formatted(device, e.getMessage()), e);
    }
  }
}
