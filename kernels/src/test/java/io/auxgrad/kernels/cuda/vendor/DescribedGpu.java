package io.auxgrad.kernels.cuda.vendor;

import io.auxgrad.kernels.cuda.libraries.Cudnn;
import java.nio.charset.StandardCharsets;
import jcuda.jcudnn.cudnnBackendDescriptorType;

/**
 * A GPU that is not there: cuDNN plans for what it is described to be, as it does for builds ahead
 * of time. Since cuDNN 9.8.
 */
final class DescribedGpu implements GraphDevice, AutoCloseable {
  private static final int DESCRIPTION = 38; // CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR
  private static final int TEXT = 2702; // CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION
  private static final int OF_HEURISTICS = 204; // CUDNN_ATTR_ENGINEHEUR_DEVICEPROP
  private static final int OF_PLAN = 407; // CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP

  /** As its data sheet and the driver's attributes say. */
  private static final String H200 =
      """
      {"deviceName": "NVIDIA H200", "name": "NVIDIA H200", "cudaDeviceId": 0, "pciDeviceId": 0,
       "deviceVer": 900, "driverVer": 13000, "multiProcessorCount": 132, "warpSize": 32,
       "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
       "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048, "maxCtasPerSM": 32,
       "regsPerBlock": 65536, "maxRegistersPerSM": 65536, "maxSharedMemoryPerBlock": 49152,
       "maxSharedMemoryPerBlockOptin": 232448, "reservedSharedMemoryPerBlock": 1024,
       "l2CacheSize": 62914560, "totalGlobalMem": 150000000000, "smClockRateKHz": 1980000,
       "memClockRateKHz": 3201000, "isTccDriver": 0, "supportCoopLaunch": 1}
      """;

  private final GraphDescriptor description;

  /** An H200. */
  DescribedGpu(Cudnn cudnn) {
    description =
        new GraphDescriptor(cudnn, DESCRIPTION)
            .setText(TEXT, H200.getBytes(StandardCharsets.US_ASCII))
            .finish();
  }

  @Override
  public GraphDescriptor tell(GraphDescriptor descriptor) {
    return switch (descriptor.kind()) {
      case cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR ->
          descriptor.setDescriptors(OF_HEURISTICS, description);
      case cudnnBackendDescriptorType.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR ->
          descriptor.setDescriptors(OF_PLAN, description);
      default -> descriptor;
    };
  }

  @Override
  public void close() {
    description.close();
  }
}
