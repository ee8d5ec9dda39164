package io.auxgrad.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Backends;
import java.util.List;
import org.junit.jupiter.api.Test;

class CudaBackendProviderTest {
  @Test
  void withoutADriverItSaysWhatWasLookedForWhereAndHowToGetIt() {
    assumeTrue(
        CudaLibraries.find(Surroundings.ofProcess()).finding(CudaLibrary.DRIVER)
            instanceof Finding.Missing,
        "NVIDIA's driver is installed");
    var e = assertThrows(TensorException.class, () -> Backends.of(Device.cuda(0)));
    assertInstanceOf(CudaException.class, e.getCause());
    String message = e.getMessage();
    assertTrue(
        message.startsWith(
            "device cuda:0 cannot be used: libcuda.so.1 (the NVIDIA driver) was not found"),
        message);
    for (String part :
        List.of(
            "auxgrad.cuda.path or AUXGRAD_CUDA_PATH: ",
            "LD_LIBRARY_PATH: ",
            "the system's folders: ",
            "/etc/ld.so.cache: ",
            "To get it: install NVIDIA's driver for Linux",
            "docker run --gpus all")) {
      assertTrue(message.contains(part), message);
    }
  }
}
