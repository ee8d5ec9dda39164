package io.auxgrad.kernels.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.ChildJvm;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** NVIDIA's cuDNN understands our descriptions, for which it needs no GPU. */
class CudnnDescriptorsTest {
  @Test
  void cudnnSeesTheShapesThatTheContractSays() throws Exception {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    for (CudaLibrary needed : List.of(CudaLibrary.CUDNN, CudaLibrary.CUBLAS, CudaLibrary.NVRTC)) {
      assumeTrue(libraries.finding(needed) instanceof Finding.Found, "needs " + needed.stem());
    }
    Process process =
        new ProcessBuilder(ChildJvm.command(DescriptorProgram.class, List.of()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    List<String> lines = output.lines().filter(l -> !l.startsWith("WARNING: ")).toList();
    assertEquals(List.of("described", "refused"), lines.stream().distinct().toList(), output);
    assertEquals(12, lines.size());
  }
}
