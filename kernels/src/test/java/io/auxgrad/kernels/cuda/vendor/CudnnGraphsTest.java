package io.auxgrad.kernels.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auxgrad.kernels.ChildJvm;
import io.auxgrad.kernels.cuda.hostrun.Gxx;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NVIDIA's cuDNN has plans for our graphs on an H200, for which it needs none. */
class CudnnGraphsTest {
  private static final Path DRIVER =
      Path.of(System.getProperty("basedir", "")).resolve("src/test/cuda/gpuless_libcuda.cpp");

  @TempDir private Path folder;

  @BeforeEach
  void needCudnn() {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    for (CudaLibrary needed : List.of(CudaLibrary.CUDNN, CudaLibrary.CUBLAS, CudaLibrary.NVRTC)) {
      assumeTrue(libraries.finding(needed) instanceof Finding.Found, "needs " + needed.stem());
    }
  }

  @Test
  void eachKindOfConvolutionHasPlansForTensorCoresAndForFloat32() throws Exception {
    List<String> lines = plans();
    assertEquals(63, lines.size(), lines::toString);
    for (String line : lines) {
      boolean tensorCores = line.contains("BFLOAT16") || line.contains("math=TF32");
      int plans = Integer.parseInt(line.substring(0, line.indexOf(':')));
      assertTrue(plans >= (tensorCores ? 3 : 1), line);
      // It names dozens for tensor cores before the first of these.
      if (line.contains("FORWARD, type=FLOAT32, x=[16,120,160,64]")) {
        assertTrue(plans >= 4, line);
      }
    }
  }

  @Test
  void biasResidualAndEachActivationAreCompiledIntoIt() throws Exception {
    assumeTrue(Gxx.available(), "needs g++");
    Gxx.make(folder.resolve("libcuda.so.1"), List.of(DRIVER.toString()));
    List<String> lines = plans("fused");
    assertEquals(6, lines.size(), lines::toString);
    for (String line : lines) {
      assertTrue(line.startsWith("2: "), line);
    }
  }

  private List<String> plans(String... what) throws Exception {
    ProcessBuilder program =
        new ProcessBuilder(ChildJvm.command(GraphProgram.class, List.of(), what));
    program
        .environment()
        .merge("LD_LIBRARY_PATH", folder.toString(), (old, own) -> own + ":" + old);
    Process process = program.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(process.waitFor() != GraphProgram.TOO_OLD, output);
    assertEquals(0, process.exitValue(), output);
    return output.lines().filter(l -> !l.startsWith("WARNING: ")).toList();
  }
}
