package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assumptions.abort;

import io.auxgrad.kernels.cuda.hostrun.HostModules;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import io.auxgrad.kernels.cuda.libraries.Version;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The whole way to a GPU but for the GPU: {@link CudaGpu} on the {@link FakeDriver}. */
public final class FakeGpu {
  private FakeGpu() {}

  /** Whether there can be one in this process. */
  public static boolean available() {
    return FakeDriver.absence().isEmpty();
  }

  /** One whose kernels the host runs. */
  public static CudaGpu open() {
    return open(FakeDriver.get());
  }

  /** The same with NVIDIA's libraries, or what plays them, where this process finds them. */
  public static CudaGpu openWithLibraries() {
    Driver driver = Driver.load(FakeDriver.get().libraries());
    DeviceInfo info = CudaGpu.choose(DeviceInfo.list(), 0);
    return new CudaGpu(
        driver,
        info,
        new Version("13.0"),
        FakeGpu::code,
        CudaGpu.vendor(CudaLibraries.find(Surroundings.ofProcess()), info));
  }

  /** Pieces of device memory that were written past an end, of those given back. */
  public static long violations() {
    return FakeDriver.running().violations();
  }

  /** How often a function of the driver has been called since {@link #open()}. */
  public static long calls(String function) {
    return FakeDriver.running().calls(function);
  }

  static CudaGpu open(FakeDriver fake) {
    return open(fake, "13.0", FakeGpu::code);
  }

  /** {@code nvrtc} is the version of the compiler that is pretended too. */
  static CudaGpu open(FakeDriver fake, String nvrtc, Cubins cubins) {
    Driver driver = Driver.load(fake.libraries());
    DeviceInfo info = CudaGpu.choose(DeviceInfo.list(), 0);
    return new CudaGpu(driver, info, new Version(nvrtc), cubins, _ -> Optional.empty());
  }

  // What the driver's stand-in takes for a module is the name of a library.
  static byte[] code(String file) {
    return (HostModules.of(file) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** The driver's stand-in, with nothing set; skips the test where there is none. */
  static FakeDriver driverOrSkip() {
    FakeDriver.absence().ifPresent(reason -> abort("no stand-in for the driver: " + reason));
    return FakeDriver.get();
  }
}
