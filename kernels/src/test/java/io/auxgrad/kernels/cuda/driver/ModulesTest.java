package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.auxgrad.kernels.cuda.CudaBackend;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.tensor.Shape;
import io.auxgrad.tensor.Tensor;
import io.auxgrad.tensor.TensorScope;
import io.auxgrad.tensor.ops.UnaryOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When which kernels are compiled. */
class ModulesTest {
  private static final Path KERNELS =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("src/main/cuda");

  /** Remembers what it was asked for. */
  private static final class Asked implements Cubins {
    private final List<String> files = new ArrayList<>();
    private final List<Set<String>> together = new ArrayList<>();

    @Override
    public byte[] of(String file) {
      files.add(file);
      return FakeGpu.code(file);
    }

    @Override
    public void prepare(Collection<String> files) {
      together.add(new TreeSet<>(files));
    }
  }

  @Test
  void theFirstOpHasAllFilesOfTheBackendCompiledTogether() throws IOException {
    Asked asked = new Asked();
    try (CudaGpu gpu = FakeGpu.open(FakeGpu.driverOrSkip(), "13.0", asked);
        TensorScope _ = TensorScope.open()) {
      var pointwise = new CudaBackend(gpu).pointwise();
      assertEquals(List.of(), asked.together, "opening a GPU needs one file only");
      Tensor x = Tensor.of(gpu.memory(), Shape.of(1), 1);
      pointwise.unary(UnaryOp.EXP, x);
      pointwise.unary(UnaryOp.RELU, x);
    }
    assertEquals(List.of(files()), asked.together);
    assertEquals(List.of(Canary.FILE, "pointwise.cu"), asked.files);
  }

  @Test
  void aDriverThatIsTooOldForTheCompilerIsNamedWithIt() {
    assertEquals(
        "loading the kernels of canary.cu, compiled for sm_90, failed on cuda:0:"
            + " CUDA_ERROR_INVALID_IMAGE (text of the driver). They were compiled by NVRTC 13.0,"
            + " and the driver knows CUDA up to 12.4: install a driver for CUDA 13.0 or newer, or"
            + " set AUXGRAD_CUDA_PATH to the folder of an NVRTC of CUDA 12.4 or older",
        refusal("13.0", 12_040));
  }

  @Test
  void aDriverThatRefusesWhatAnOlderCompilerMadeIsNamedWithIt() {
    assertEquals(
        "loading the kernels of canary.cu, compiled for sm_90, failed on cuda:0:"
            + " CUDA_ERROR_INVALID_IMAGE (text of the driver). They were compiled by NVRTC 12.6,"
            + " and the driver knows CUDA up to 13.0: that should do, so try the NVRTC of CUDA"
            + " 13.0, and set AUXGRAD_CUDA_PATH to its folder",
        refusal("12.6", 13_000));
  }

  /** The driver's stand-in refuses what is no library. */
  private static String refusal(String nvrtc, int driverVersion) {
    FakeDriver driver = FakeGpu.driverOrSkip();
    driver.version(driverVersion);
    Cubins unknown = _ -> "no library\0".getBytes(StandardCharsets.UTF_8);
    String message =
        assertThrows(CudaException.class, () -> FakeGpu.open(driver, nvrtc, unknown)).getMessage();
    FakeDriver.get();
    return message;
  }

  /** All but that which is run when a GPU is opened, and what goes with NVIDIA's libraries. */
  private static Set<String> files() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(KERNELS)) {
      files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".cu")).forEach(names::add);
    }
    names.removeAll(Set.of(Canary.FILE, "epilogue.cu"));
    return names;
  }
}
