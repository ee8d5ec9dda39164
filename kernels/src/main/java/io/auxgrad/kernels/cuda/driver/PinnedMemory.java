package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.tensor.Bytes;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Memory of the host that the GPU reads and writes by itself. */
final class PinnedMemory implements AutoCloseable {
  private final Context context;
  private final Calls calls;
  private final Address address = new Address();
  private final MemorySegment segment;
  private final long deviceAddress;

  /** What the driver gives is kept in a field of JCuda's that its heirs alone can read. */
  private static final class Address extends Pointer {
    long value() {
      return getNativePointer();
    }
  }

  private static final class DeviceAddress extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  @SuppressWarnings("restricted")
  PinnedMemory(Context context, long bytes) {
    this.context = context;
    calls = context.calls();
    context.enter();
    calls.check(
        JCudaDriver.cuMemHostAlloc(address, bytes, JCudaDriver.CU_MEMHOSTALLOC_DEVICEMAP),
        "cuMemHostAlloc of %s".formatted(Bytes.text(bytes)));
    segment = MemorySegment.ofAddress(address.value()).reinterpret(bytes);
    DeviceAddress device = new DeviceAddress();
    int status = JCudaDriver.cuMemHostGetDevicePointer(device, address, 0);
    if (status != CUresult.CUDA_SUCCESS) {
      JCudaDriver.cuMemFreeHost(address);
      throw calls.failure(status, "cuMemHostGetDevicePointer");
    }
    deviceAddress = device.value();
  }

  /** As the host sees it. */
  MemorySegment segment() {
    return segment;
  }

  /** Where kernels see it. */
  long deviceAddress() {
    return deviceAddress;
  }

  @Override
  public void close() {
    context.enter();
    calls.checkUnlessLost(JCudaDriver.cuMemFreeHost(address), "cuMemFreeHost");
  }
}
