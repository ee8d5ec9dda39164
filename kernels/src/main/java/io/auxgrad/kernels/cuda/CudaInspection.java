package io.auxgrad.kernels.cuda;

import io.auxgrad.kernels.cuda.driver.CudaGpu;
import io.auxgrad.kernels.cuda.driver.Speeds;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding.Found;
import io.auxgrad.kernels.cuda.libraries.Finding.Missing;
import io.auxgrad.kernels.cuda.libraries.Retargeted;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.tensor.Bytes;
import io.auxgrad.tensor.Device;
import io.auxgrad.tensor.MemoryCapacity;
import io.auxgrad.tensor.TensorException;
import io.auxgrad.tensor.ops.Finding;
import io.auxgrad.tensor.ops.Inspection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for NVIDIA's driver and libraries, and tries the first GPU if they are there. */
public final class CudaInspection implements Inspection {
  /** Without these no kernel runs; the others serve convolutions and matrix products. */
  private static final Set<CudaLibrary> NEEDED =
      Set.of(CudaLibrary.DRIVER, CudaLibrary.NVRTC, CudaLibrary.NVRTC_BUILTINS);

  /** For {@link java.util.ServiceLoader}. */
  public CudaInspection() {}

  @Override
  public Device.Kind kind() {
    return Device.Kind.CUDA;
  }

  @Override
  public Stream<Finding> inspect(boolean wanted) {
    try {
      return inspect(CudaLibraries.find(Surroundings.ofProcess()), wanted);
    } catch (CudaException | LinkageError e) {
      return Stream.of(Finding.broken("cuda", e.getMessage()));
    }
  }

  static Stream<Finding> inspect(CudaLibraries libraries, boolean wanted) {
    boolean driver = libraries.finding(CudaLibrary.DRIVER) instanceof Found;
    if (!driver && !wanted) {
      return Stream.of(
          Finding.absent("cuda", "no libcuda.so.1, the driver of NVIDIA GPUs; see --device cuda"));
    }
    List<Finding> findings = new ArrayList<>();
    boolean complete = true;
    for (var finding : libraries.findings()) {
      findings.add(library(finding));
      complete &= finding instanceof Found || !NEEDED.contains(finding.library());
    }
    for (Retargeted binding : libraries.retargeted()) {
      findings.add(Finding.good("binding", binding.toString()));
    }
    return complete ? Stream.concat(findings.stream(), gpu(libraries)) : findings.stream();
  }

  private static Finding library(io.auxgrad.kernels.cuda.libraries.Finding finding) {
    String name = finding.library().stem();
    return switch (finding) {
      case Found found -> Finding.good(name, found.file().toString());
      case Missing missing ->
          NEEDED.contains(missing.library())
              ? Finding.broken(name, missing.reason())
              : Finding.absent(name, missing.reason().lines().findFirst().orElse(""));
    };
  }

  /** Opening runs a first kernel and reads what it wrote. */
  private static Stream<Finding> gpu(CudaLibraries libraries) {
    try (CudaGpu gpu = CudaGpu.open(libraries, 0)) {
      Speeds speeds = gpu.measure();
      MemoryCapacity device = gpu.memory().capacity();
      return Stream.of(
          Finding.good("gpu", gpu.describe()),
          Finding.good("canary", "a first kernel was compiled, ran and left what it should"),
          Finding.good(
              "gpu-memory",
              "%s; of the GPU's %s, %s are free"
                  .formatted(
                      gpu.memory().usage().text(),
                      Bytes.text(device.total()),
                      Bytes.text(device.free()))),
          Finding.good("gpu-copies", copies(speeds)),
          Finding.good("gpu-launch", launches(speeds)));
    } catch (CudaException | TensorException | LinkageError | OutOfMemoryError e) {
      return Stream.of(Finding.broken("gpu", e.getMessage()));
    }
  }

  private static String copies(Speeds speeds) {
    return format(
        "%.0f GB/s within the GPU (read and write), %.1f GB/s to it, %.1f GB/s from it",
        speeds.copyOnDevice() * 1e-9, speeds.copyToDevice() * 1e-9, speeds.copyToHost() * 1e-9);
  }

  private static String launches(Speeds speeds) {
    return format(
        "%.2f us from one empty kernel to the next, %.2f us of the host's time each",
        speeds.launchSeconds() * 1e6, speeds.hostLaunchSeconds() * 1e6);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
