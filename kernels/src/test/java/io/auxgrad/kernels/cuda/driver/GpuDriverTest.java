package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.auxgrad.kernels.ChildJvm;
import io.auxgrad.kernels.FirstGpu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract, and what only a real GPU can show, on the first one. */
@Tag("gpu")
class GpuDriverTest extends DriverContract {
  @Override
  CudaGpu openOrSkip() {
    return FirstGpu.openOrSkip();
  }

  @Override
  int steps() {
    return 10_000;
  }

  /** Within what GPUs from Turing on and the buses of their machines can do. */
  @Test
  void copiesAndLaunchesAsFastAsGpusDo() {
    Speeds speeds = gpu().measure();
    expectBetween(100e9, 20e12, speeds.copyOnDevice());
    expectBetween(2e9, 1e12, speeds.copyToDevice());
    expectBetween(2e9, 1e12, speeds.copyToHost());
    expectBetween(0.2e-6, 20e-6, speeds.launchSeconds());
    expectBetween(0.05e-6, 20e-6, speeds.hostLaunchSeconds());
  }

  private static void expectBetween(double least, double most, double value) {
    assertTrue(least <= value && value <= most, value + " is not within " + least + " and " + most);
  }

  @Test
  void inDebugModeAnIllegalAccessNamesItsKernel() throws Exception {
    expect(
        "kernel relu_f32 failed on cuda:0: CUDA_ERROR_ILLEGAL_ADDRESS",
        run(List.of("-D" + CudaGpu.DEBUG + "=true")));
  }

  @Test
  void anIllegalAccessNamesTheKernelsThatMayBeGuilty() throws Exception {
    expect(
        "CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered); launched since the GPU was last waited for, the last first: relu_f32.",
        run(List.of()));
  }

  private static void expect(String text, String output) {
    assertTrue(output.contains(text), output);
  }

  // A process whose GPU has failed cannot use it any more.
  private static String run(List<String> options) throws IOException, InterruptedException {
    List<String> command = ChildJvm.command(IllegalAccess.class, options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(IllegalAccess.TOLD, process.waitFor(), output);
    return output;
  }
}
