package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.Version;

/**
 * What machine code goes through.
 *
 * @param nvrtc the CUDA of the compiler, for example 13.0
 * @param driver the newest CUDA that the driver knows
 */
record Toolchain(Version nvrtc, Version driver) {
  /** What to do where the driver refuses what the compiler made. */
  String advice() {
    String versions =
        "They were compiled by NVRTC %s, and the driver knows CUDA up to %s: "
            .formatted(nvrtc, driver);
    return nvrtc.compareTo(driver) > 0
        ? versions
            + "install a driver for CUDA %s or newer, or set AUXGRAD_CUDA_PATH to the folder of an NVRTC of CUDA %s or older"
                .formatted(nvrtc, driver)
        : versions
            + "that should do, so try the NVRTC of CUDA %s, and set AUXGRAD_CUDA_PATH to its folder"
                .formatted(driver);
  }

  @Override
  public String toString() {
    return "NVRTC " + nvrtc;
  }
}
