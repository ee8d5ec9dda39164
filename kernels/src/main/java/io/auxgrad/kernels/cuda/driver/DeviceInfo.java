package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * A GPU of this machine.
 *
 * @param index its number, from 0
 * @param name for example {@code NVIDIA H100 80GB HBM3}
 * @param major first number of its compute capability
 * @param minor second number of its compute capability
 * @param memoryBytes that it has
 * @param multiprocessors that it has
 * @param driverVersion the newest CUDA that the driver knows, for example 13.0
 */
public record DeviceInfo(
    int index,
    String name,
    int major,
    int minor,
    long memoryBytes,
    int multiprocessors,
    String driverVersion) {
  private static final int OLDEST_DRIVER = 12_000;
  private static final int NAME_BYTES = 256;

  /**
   * Those that the driver shows, which must be loaded.
   *
   * @throws CudaException if there is none, or if the driver cannot be used
   */
  static List<DeviceInfo> list() {
    String version = start();
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    if (count[0] == 0) {
      throw noDevice(CUresult.CUDA_ERROR_NO_DEVICE);
    }
    List<DeviceInfo> devices = new ArrayList<>();
    for (int index = 0; index < count[0]; index++) {
      devices.add(read(index, version));
    }
    return devices;
  }

  private static String start() {
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    String text = version[0] / 1000 + "." + version[0] % 1000 / 10;
    if (version[0] < OLDEST_DRIVER) {
      throw new CudaException(
          "the driver knows CUDA up to %s; 12.0 is the oldest that serves: install a newer driver"
              .formatted(text));
    }
    int status = JCudaDriver.cuInit(0);
    if (status == CUresult.CUDA_ERROR_NO_DEVICE) {
      throw noDevice(status);
    }
    check(status, "cuInit");
    return text;
  }

  private static CudaException noDevice(int status) {
    String visible = System.getenv("CUDA_VISIBLE_DEVICES");
    return new CudaException(
        "the driver shows no GPU: %s. %s"
            .formatted(
                Calls.describe(status),
                visible == null
                    ? "nvidia-smi lists what there is; a container must be started with access to the GPU (docker: --gpus all)"
                    : "CUDA_VISIBLE_DEVICES=%s hides all others".formatted(visible)));
  }

  private static DeviceInfo read(int index, String version) {
    CUdevice device = handle(index);
    byte[] name = new byte[NAME_BYTES];
    check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    long[] bytes = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
    return new DeviceInfo(
        index,
        new String(name, StandardCharsets.UTF_8).replace("\0", ""),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        bytes[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        version);
  }

  static CUdevice handle(int index) {
    CUdevice device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
    return device;
  }

  static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  private static void check(int status, String call) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaException(call + " failed: " + Calls.describe(status));
    }
  }

  /** The architecture that code is made for, for example {@code sm_90}. */
  public String architecture() {
    return "sm_" + major + minor;
  }

  /** One line for people. */
  @Override
  public String toString() {
    return "cuda:%d, %s, %s, %d multiprocessors, %s, driver for CUDA %s"
        .formatted(
            index, name, architecture(), multiprocessors, Bytes.text(memoryBytes), driverVersion);
  }
}
