package io.auxgrad.kernels.cuda.libraries;

import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.CUBLAS;
import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.CUBLAS_LT;
import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.CUDNN;
import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.DRIVER;
import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.NVRTC;
import static io.auxgrad.kernels.cuda.libraries.CudaLibrary.NVRTC_BUILTINS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search, on machines made of empty libraries. */
class CudaLibrariesTest {
  private static final String[] CUDA_12 = {
    "libnvrtc.so.12", "libnvrtc-builtins.so.12.6", "libcublas.so.12", "libcublasLt.so.12"
  };
  private static final String[] CUDA_13 = {
    "libnvrtc.so.13", "libnvrtc-builtins.so.13.0", "libcublas.so.13", "libcublasLt.so.13"
  };

  @TempDir private Path root;
  private Machine machine;

  @BeforeEach
  void startWithNothing() {
    machine = new Machine(root);
  }

  @Test
  void withoutAnythingEveryLibraryIsMissingAndTheErrorSaysWhereWasLooked() {
    CudaLibraries libraries = machine.find();
    assertEquals(CudaLibrary.values().length, libraries.findings().size());
    libraries.findings().forEach(f -> assertInstanceOf(Finding.Missing.class, f));
    assertEquals(List.of(), libraries.retargeted());
    String driver = failure(libraries, DRIVER);
    assertEquals(
        """
        libcuda.so.1 (the NVIDIA driver) was not found.
        Looked in
          auxgrad.cuda.path or AUXGRAD_CUDA_PATH: not set
          LD_LIBRARY_PATH: not set
          CUDA_HOME or CUDA_PATH: not set
          VIRTUAL_ENV or CONDA_PREFIX: not set
          the packages of python3: nothing there
          /usr/local/cuda*: nothing there
          the system's folders: nothing there
          /etc/ld.so.cache: nothing there
        To get it: install NVIDIA's driver for Linux; a container must be started with access to \
        the GPU (docker run --gpus all)\
        """,
        driver);
    String nvrtc = failure(libraries, NVRTC);
    assertTrue(
        nvrtc.startsWith(
            "libnvrtc.so.13 or libnvrtc.so.12 (the compiler of kernels) was not found."),
        nvrtc);
    assertTrue(nvrtc.contains("pip install nvidia-cuda-nvrtc-cu12"), nvrtc);
    assertTrue(nvrtc.contains("set AUXGRAD_CUDA_PATH"), nvrtc);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() throws IOException {
    machine.libraries("/there", CUDA_12);
    machine.variable("AUXGRAD_CUDA_PATH", machine.at("/there") + ":" + machine.at("/gone"));
    String message = failure(machine.find(), CUDNN);
    assertTrue(
        message.contains(
            "AUXGRAD_CUDA_PATH: %s; there is no folder %s"
                .formatted(machine.at("/there"), machine.at("/gone"))),
        message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/cuda",
        "/cuda/lib64",
        "/cuda/lib",
        "/cuda/targets/x86_64-linux/lib",
        "/cuda/nvidia/cu13/lib",
        "/cuda/cu13/lib",
        "/cuda/lib/python3.12/site-packages/nvidia/cu13/lib"
      })
  void theSettingMayNameAFolderOrAToolkitOrPackagesOrAnEnvironment(String folder)
      throws IOException {
    machine.libraries(folder, CUDA_13).property("auxgrad.cuda.path", machine.at("/cuda"));
    assertFound(machine.find(), Origin.SETTING, folder);
  }

  @Test
  void theSettingMayNameSeveralFoldersAndThePropertyCountsBeforeTheVariable() throws IOException {
    machine
        .libraries("/a", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0")
        .libraries("/b", "libcublas.so.13", "libcublasLt.so.13")
        .libraries("/c", CUDA_12)
        .property("auxgrad.cuda.path", machine.at("/a") + ":" + machine.at("/b"))
        .variable("AUXGRAD_CUDA_PATH", machine.at("/c"));
    CudaLibraries libraries = machine.find();
    assertEquals(Path.of(machine.at("/a/libnvrtc.so.13")), libraries.require(NVRTC).path());
    assertEquals(Path.of(machine.at("/b/libcublas.so.13")), libraries.require(CUBLAS).path());
  }

  @ParameterizedTest
  @CsvSource({
    "LD_LIBRARY_PATH, /x/lib, /x/lib, LOADER_PATH",
    "CUDA_HOME, /x, /x/lib64, TOOLKIT",
    "CUDA_PATH, /x, /x/targets/x86_64-linux/lib, TOOLKIT",
    "VIRTUAL_ENV, /x, /x/lib/python3.11/site-packages/nvidia/cu13/lib, ENVIRONMENT",
    "CONDA_PREFIX, /x, /x/lib, ENVIRONMENT",
    "HOME, /x, /home/user/.local/lib/python3.9/site-packages/nvidia/cu13/lib, PYTHON",
    "HOME, /x, /usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib, PYTHON",
    "HOME, /x, /usr/lib64/python3.12/site-packages/nvidia/cu13/lib, PYTHON",
    "HOME, /x, /usr/local/cuda-13.0/lib64, LOCAL",
    "HOME, /x, /usr/local/cuda/targets/x86_64-linux/lib, LOCAL",
    "HOME, /x, /usr/lib/x86_64-linux-gnu, SYSTEM",
    "HOME, /x, /usr/lib64, SYSTEM"
  })
  void theUsualPlacesAreSearched(String variable, String value, String folder, Origin origin)
      throws IOException {
    machine
        .libraries(folder, CUDA_13)
        .variable(variable, machine.at(value))
        .property("user.home", machine.at("/home/user"));
    assertFound(machine.find(), origin, folder);
  }

  @Test
  void thePythonOnThePathHasPackagesEvenIfItsEnvironmentIsNotActive() throws IOException {
    String packages = "/opt/env/lib/python3.12/site-packages/nvidia/cu13/lib";
    machine.libraries(packages, CUDA_13).program("/opt/env/bin/python3").folder("/some/bin");
    machine.variable("PATH", machine.at("/some/bin") + ":" + machine.at("/opt/env/bin"));
    assertFound(machine.find(), Origin.PYTHON, packages);
    machine.link("/usr/bin/python3", "../../opt/env/bin/python3");
    machine.variable("PATH", machine.at("/usr/bin"));
    assertFound(machine.find(), Origin.PYTHON, packages);
  }

  private void assertFound(CudaLibraries libraries, Origin origin, String folder) {
    for (CudaLibrary library : List.of(NVRTC, NVRTC_BUILTINS, CUBLAS, CUBLAS_LT)) {
      LibraryFile file = libraries.require(library);
      assertEquals(Path.of(machine.at(folder)), file.path().getParent());
      assertEquals(origin, file.origin());
      assertEquals(13, file.version().major());
    }
  }

  @Test
  void theLoadersCacheLeadsToFoldersToo() throws IOException {
    machine
        .libraries("/opt/nvidia", "libcuda.so.1")
        .file(
            "/etc/ld.so.cache",
            LoaderCaches.newFormat(
                "/usr/lib/libm.so.6", "/opt/nvidia/libcuda.so.1", "/opt/gone/libcudnn.so.9"));
    assertEquals(Origin.LOADER_CACHE, machine.find().require(DRIVER).origin());
  }

  @Test
  void wheelsOfCuda12HaveAFolderEachAndTheirRecordsTellVersions() throws IOException {
    String packages = "/env/lib/python3.12/site-packages";
    machine
        .libraries(
            packages + "/nvidia/cuda_nvrtc/lib", "libnvrtc.so.12", "libnvrtc-builtins.so.12.6")
        .libraries(packages + "/nvidia/cublas/lib", "libcublas.so.12", "libcublasLt.so.12")
        .libraries(packages + "/nvidia/cudnn/lib", "libcudnn.so.9")
        .folder(packages + "/nvidia_cuda_nvrtc_cu12-12.6.85.dist-info")
        .folder(packages + "/nvidia_cublas_cu12-12.6.4.1.dist-info")
        .folder(packages + "/nvidia_cudnn_cu12-9.5.1.17.post1.dist-info")
        .folder(packages + "/nvidia_cudnn_frontend-1.18.0.dist-info")
        .variable("VIRTUAL_ENV", machine.at("/env"));
    CudaLibraries libraries = machine.find();
    assertEquals("12.6.85", libraries.require(NVRTC).version().toString());
    assertEquals("12.6.4.1", libraries.require(CUBLAS).version().toString());
    LibraryFile cudnn = libraries.require(CUDNN);
    assertEquals("9.5.1.17", cudnn.version().toString());
    assertEquals(12, cudnn.cudaMajor().orElseThrow());
  }

  @Test
  void aLinksTargetTellsTheVersion() throws IOException {
    machine
        .linked("/usr/lib64", "libcuda.so.1", "libcuda.so.580.65.06")
        .linked("/usr/lib64", "libcudnn.so.9", "libcudnn.so.9.24.0");
    CudaLibraries libraries = machine.find();
    assertEquals("580.65.06", libraries.require(DRIVER).version().toString());
    assertEquals(Path.of(machine.at("/usr/lib64/libcuda.so.1")), libraries.require(DRIVER).path());
    assertEquals("9.24.0", libraries.require(CUDNN).version().toString());
  }

  @Test
  void theNewestCudaIsTakenOfSeveralThatAreComplete() throws IOException {
    machine.libraries("/usr/local/cuda-12.6/lib64", CUDA_12);
    machine.libraries("/usr/local/cuda-13.0/lib64", CUDA_13);
    machine.link("/usr/local/cuda", "cuda-12.6");
    assertCuda(13);
  }

  @Test
  void aCompleteCudaIsTakenBeforeANewerOneThatIsNot() throws IOException {
    machine.libraries("/usr/local/cuda-12.6/lib64", CUDA_12);
    machine.libraries("/usr/local/cuda-13.0/lib64", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0");
    assertCuda(12);
  }

  @Test
  void theSettingCountsBeforeWhatIsNewerOrMoreComplete() throws IOException {
    machine.libraries("/old", "libnvrtc.so.12", "libnvrtc-builtins.so.12.6");
    machine.libraries("/usr/local/cuda/lib64", CUDA_13);
    machine.variable("AUXGRAD_CUDA_PATH", machine.at("/old"));
    assertEquals(12, machine.find().require(NVRTC).version().major());
    String message = failure(machine.find(), CUBLAS);
    assertTrue(
        message.contains(
            "found %s, which does not go with CUDA 12"
                .formatted(machine.at("/usr/local/cuda/lib64/libcublas.so.13"))),
        message);
  }

  @Test
  void whatIsMetFirstCountsBeforeWhatIsNewer() throws IOException {
    machine.libraries("/x", CUDA_12).variable("LD_LIBRARY_PATH", machine.at("/x"));
    machine.libraries("/usr/local/cuda/lib64", CUDA_13);
    assertCuda(12);
  }

  private void assertCuda(int major) {
    CudaLibraries libraries = machine.find();
    for (CudaLibrary library : List.of(NVRTC, NVRTC_BUILTINS, CUBLAS, CUBLAS_LT)) {
      assertEquals(major, libraries.require(library).version().major());
    }
  }

  @Test
  void cudnn8IsTakenAndOneOfAnotherCudaIsNot() throws IOException {
    machine.libraries("/usr/lib64", CUDA_12).libraries("/usr/lib64", "libcudnn.so.8");
    assertEquals("libcudnn.so.8", machine.find().require(CUDNN).soname());

    String packages = "/env/lib/python3.12/site-packages";
    machine
        .libraries(packages + "/nvidia/cudnn/lib", "libcudnn.so.9")
        .folder(packages + "/nvidia_cudnn_cu13-9.24.0.43.dist-info")
        .variable("VIRTUAL_ENV", machine.at("/env"));
    assertEquals("libcudnn.so.8", machine.find().require(CUDNN).soname());
  }

  @Test
  void anUnsupportedCudaIsNamed() throws IOException {
    machine
        .linked("/usr/local/cuda-11.8/lib64", "libcublas.so.11", "libcublas.so.11.11.3.6")
        .linked("/usr/local/cuda-11.8/lib64", "libnvrtc.so.11.2", "libnvrtc.so.11.8.89")
        .libraries("/usr/local/cuda-11.8/lib64", "libcudnn.so.7");
    CudaLibraries libraries = machine.find();
    String cublas = failure(libraries, CUBLAS);
    assertTrue(
        cublas.startsWith(
            "libcublas.so.13 or libcublas.so.12 (matrix products) was not found: found %s, but CUDA 12 or 13 is needed."
                .formatted(machine.at("/usr/local/cuda-11.8/lib64/libcublas.so.11"))),
        cublas);
    assertTrue(failure(libraries, NVRTC).contains("libnvrtc.so.11.2, but CUDA 12 or 13 is needed"));
    assertTrue(failure(libraries, CUDNN).contains("libcudnn.so.7, but cuDNN 8 or 9 is needed"));
  }

  @Test
  void theBuiltinsGoWithTheCompiler() throws IOException {
    machine
        .linked("/usr/lib64", "libnvrtc.so.12", "libnvrtc.so.12.4.127")
        .libraries("/usr/lib64", "libnvrtc-builtins.so.12.6", "libnvrtc-builtins.so.12.4");
    assertEquals("12.4", machine.find().require(NVRTC_BUILTINS).version().toString());
  }

  @Test
  void whatIsBesideTheLibraryIsTakenBeforeWhatIsElsewhere() throws IOException {
    machine.libraries("/x", "libcublasLt.so.13").variable("LD_LIBRARY_PATH", machine.at("/x"));
    machine.libraries("/usr/local/cuda/lib64", CUDA_13);
    Path beside = Path.of(machine.at("/usr/local/cuda/lib64/libcublasLt.so.13"));
    assertEquals(beside, machine.find().require(CUBLAS_LT).path());
  }

  @Test
  void filesThatAreNoLibrariesArePassedOverAndNamed() throws IOException {
    // What a container without access to the GPU may have.
    machine
        .file("/usr/lib/x86_64-linux-gnu/libcuda.so.1", new byte[0])
        .folder("/usr/lib64/libcuda.so.1")
        .file("/usr/lib/libcuda.so.1", TinyLibrary.of("libother.so.1"))
        .link("/usr/local/nvidia/lib64/libcuda.so.1", "libcuda.so.999");
    String message = failure(machine.find(), DRIVER);
    for (String reason :
        List.of(
            "/usr/lib/x86_64-linux-gnu/libcuda.so.1 is not a sound library: it is empty",
            "/usr/lib64/libcuda.so.1 cannot be read",
            "/usr/lib/libcuda.so.1 calls itself libother.so.1",
            "/usr/local/nvidia/lib64/libcuda.so.1 cannot be read")) {
      assertTrue(message.contains(reason), message);
    }
    machine.libraries("/usr/lib/wsl/lib", "libcuda.so.1");
    Path good = Path.of(machine.at("/usr/lib/wsl/lib/libcuda.so.1"));
    assertEquals(good, machine.find().require(DRIVER).path());
  }

  /** The driver's file is not named like what asks for it. */
  @Test
  void aFileThatIsMetUnderItsFullNameFirstServesUnderItsOwn() throws IOException {
    machine
        .file("/x/libcuda.so.580.65.06", TinyLibrary.of("libcuda.so.1", "cuInit"))
        .variable("LD_LIBRARY_PATH", machine.at("/x"))
        .link("/usr/lib64/libcuda.so.1", machine.at("/x/libcuda.so.580.65.06"));
    LibraryFile driver = machine.find().require(DRIVER);
    assertEquals(Path.of(machine.at("/usr/lib64/libcuda.so.1")), driver.path());
    assertEquals("580.65.06", driver.version().toString());
  }

  /** The search must come to an end whatever lies there. */
  @Test
  void whatIsNoFileIsPassedOver() throws Exception {
    machine.folder("/usr/lib64");
    String pipe = machine.at("/usr/lib64/libcuda.so.1");
    boolean made = new ProcessBuilder("mkfifo", pipe).start().waitFor() == 0;
    assumeTrue(made, "needs mkfifo");
    machine.link("/usr/lib/libcuda.so.1", "libcuda.so.1");
    String message =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> failure(machine.find(), DRIVER));
    assertTrue(message.contains(pipe + " cannot be read"), message);
    assertTrue(message.contains("it is no file"), message);
  }

  @Test
  void librariesOfOtherProcessorsArePassedOver() throws IOException {
    byte[] small = TinyLibrary.of("libcuda.so.1", "cuInit");
    small[4] = 1;
    byte[] arm = TinyLibrary.of("libcuda.so.1", "cuInit");
    arm[18] = (byte) 183;
    machine.file("/usr/lib/libcuda.so.1", small).file("/usr/lib64/libcuda.so.1", arm);
    String message = failure(machine.find(), DRIVER);
    assertTrue(message.contains("/usr/lib/libcuda.so.1 is not a sound library"), message);
    assertTrue(message.contains("/usr/lib64/libcuda.so.1 is not a sound library"), message);
    machine.libraries("/usr/lib/wsl/lib", "libcuda.so.1");
    assertEquals(Origin.SYSTEM, machine.find().require(DRIVER).origin());
  }

  @Test
  void aLibraryThatLacksAFunctionIsRefusedByName() throws IOException {
    machine
        .file("/usr/lib64/libcuda.so.1", TinyLibrary.of("libcuda.so.1", "cuInit", "cuDeviceGet"))
        .folder("/usr");
    CudaLibraries libraries = machine.find();
    libraries.requireFunctions(DRIVER, List.of("cuInit"));
    String message =
        assertThrows(
                CudaException.class,
                () ->
                    libraries.requireFunctions(
                        DRIVER, List.of("cuInit", "cuMemPoolCreate", "cuGraphLaunch")))
            .getMessage();
    assertTrue(message.contains("/usr/lib64/libcuda.so.1"), message);
    assertTrue(message.contains("lacks cuGraphLaunch, cuMemPoolCreate"), message);
  }

  @Test
  void tellsWhatIsRetargeted() throws IOException {
    Natives.of("JNvrtc");
    machine.libraries("/usr/lib64", CUDA_13).libraries("/usr/lib64", "libcudnn.so.9");
    List<Retargeted> retargeted = machine.find().retargeted();
    assertEquals(
        List.of("JNvrtc", "JCublas2", "JCudnn"),
        retargeted.stream().map(Retargeted::binding).toList());
    assertEquals("libcudnn.so.8", retargeted.getLast().linkedWith());
    assertEquals("libcudnn.so.9", retargeted.getLast().file().soname());
    assertTrue(retargeted.getLast().absent().contains("cudnnConvolutionForward"));
  }

  private static String failure(CudaLibraries libraries, CudaLibrary library) {
    return assertThrows(CudaException.class, () -> libraries.require(library)).getMessage();
  }
}
