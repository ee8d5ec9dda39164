package io.auxgrad.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who computes on the processor has nothing of CUDA in the process, whatever is installed. */
class CpuOnlyTest {
  @BeforeEach
  void needsLinux() {
    assumeTrue(Files.exists(Path.of("/proc/self/maps")), "only Linux lists a process's libraries");
  }

  @Test
  void aComputationLoadsNothingOfCuda() throws Exception {
    assertNothingOfCuda(run());
  }

  @Test
  void lookingForDevicesLoadsNothingOfCudaWhereThereIsNoDriver() throws Exception {
    assumeTrue(
        CudaLibraries.find(Surroundings.ofProcess()).finding(CudaLibrary.DRIVER)
            instanceof Finding.Missing,
        "the driver is installed, so that looking for devices loads it");
    List<String> lines = run("inspect");
    assertEquals(1, lines.stream().filter(l -> l.contains("no libcuda.so.1")).count());
    assertNothingOfCuda(lines);
  }

  private static void assertNothingOfCuda(List<String> lines) {
    String all = String.join("\n", lines);
    assertTrue(lines.contains("computed 6.0"), all);
    assertTrue(all.contains("io.auxgrad.kernels.cpu.CpuBackend source:"), all);
    assertTrue(lines.stream().anyMatch(l -> l.matches("mapped .*libdnnl.*")), all);
    assertEquals(List.of(), lines.stream().filter(CpuOnlyTest::isOfCuda).toList());
  }

  private static boolean isOfCuda(String line) {
    return line.matches("mapped .*/lib(cuda|nvrtc|cublas|cudnn|J[A-Z]).*")
        || line.contains(" jcuda.");
  }

  private static List<String> run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xlog:class+load:stdout",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CpuOnlyProgram.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }
}
