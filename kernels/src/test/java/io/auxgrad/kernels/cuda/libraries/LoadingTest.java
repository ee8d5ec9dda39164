package io.auxgrad.kernels.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JCuda with made-up libraries behind it, and with NVIDIA's where they are. */
class LoadingTest {
  private static final String NVRTC =
      "int nvrtcVersion(int* major, int* minor) { *major = 13; *minor = 7; return 0; }";
  private static final String CUBLAS =
      "int cublasGetProperty(int which, int* value) { *value = 13 + which; return 0; }";
  private static final String CUDNN =
      """
      int cudnnGetProperty(int which, int* value) { *value = 9 + which; return 0; }
      long cudnnGetCudartVersion(void) { return 13000; }
      """;

  @TempDir private Path folder;
  @TempDir private Path temporary;
  @TempDir private Path cache;

  @BeforeEach
  void needsALinuxWithACompiler() throws IOException {
    Natives.of("JNvrtc");
    assumeTrue(StubLibraries.available(), "needs cc");
  }

  @Test
  void theNativesCallOtherVersionsThanTheyWereBuiltFor() throws Exception {
    makeAll(CUDNN);
    assertEquals(
        """
        DRIVER: cuInit gives 100
        NVRTC: version 13.7, status 0
        CUDNN: version 9.10.11
        CUBLAS: version 13.14.15
        NVRTC: version 13.7, status 0
        """,
        run(Map.of(), "DRIVER", "NVRTC", "CUDNN", "CUBLAS", "NVRTC"));
    assertEquals(List.of(), entries(temporary), "what was unpacked is gone again");
    assertEquals(List.of(), entries(cache));
  }

  @Test
  void whereTheTemporaryFolderCannotBeUsedTheCacheIs() throws Exception {
    makeAll(CUDNN);
    Files.delete(temporary);
    Files.createFile(temporary);
    assertEquals("NVRTC: version 13.7, status 0\n", run(Map.of(), "NVRTC"));
    assertEquals(List.of(), entries(cache));
    Files.delete(cache);
    Files.createFile(cache);
    String output = run(Map.of(), "NVRTC");
    assertTrue(
        output.startsWith("NVRTC: the native of JNvrtc could not be put anywhere: " + temporary),
        output);
  }

  /** Who may rename a folder there could put another library in its place. */
  @Test
  void whereAnybodyMayChangeTheTemporaryFolderTheCacheIs() throws Exception {
    makeAll(CUDNN);
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals("NVRTC: version 13.7, status 0\n", run(Map.of(), "NVRTC"));
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    String output = run(Map.of(), "NVRTC");
    assertTrue(output.contains(temporary + " cannot be used (any user may rename"), output);
  }

  @Test
  void aCudnnOfAnotherCudaIsRefused() throws Exception {
    makeAll(CUDNN.replace("13000", "12060"));
    String output = run(Map.of(), "CUDNN");
    assertTrue(output.contains("belongs to CUDA 12, but CUDA 13 was found"), output);
  }

  @Test
  void whatTheDynamicLinkerSaysIsPassedOnEachTime() throws Exception {
    StubLibraries stubs = new StubLibraries(folder);
    stubs.make("libmissing.so.1", Set.of("missing"), 0, "");
    stubs.make(
        "libcuda.so.1", Binding.DRIVER.functions(), 0, "", folder.resolve("libmissing.so.1"));
    Files.delete(folder.resolve("libmissing.so.1"));
    String output = run(Map.of(), "DRIVER", "DRIVER");
    List<String> lines = output.lines().toList();
    assertEquals(2, lines.size(), output);
    assertTrue(lines.getFirst().contains("libmissing.so.1: cannot open shared object"), output);
    assertEquals(lines.getFirst(), lines.getLast());
  }

  @Test
  void whatTheNativesCannotBindIsSaidEachTime() throws Exception {
    new StubLibraries(folder).make("libcuda.so.1", Set.of("cuInit"), 100, "");
    String lazily = run(Map.of(), "DRIVER");
    assertEquals("DRIVER: cuInit gives 100\n", lazily);
    String output = run(Map.of("LD_BIND_NOW", "1"), "DRIVER", "DRIVER");
    List<String> lines = output.lines().toList();
    assertEquals(2, lines.size(), output);
    assertTrue(lines.getFirst().contains("undefined symbol: cu"), output);
    assertTrue(lines.getFirst().contains("LD_BIND_NOW"), output);
    assertEquals(lines.getFirst(), lines.getLast());
  }

  @Test
  void aFunctionThatIsAbsentIsSaidBeforeAnythingIsLoaded() throws Exception {
    new StubLibraries(folder).make("libcuda.so.1", Set.of("cuDeviceGet"), 0, "");
    String output = run(Map.of(), "DRIVER");
    assertTrue(output.contains("libcuda.so.1, found through"), output);
    assertTrue(output.contains("lacks cuInit: another version of it is needed"), output);
  }

  @Test
  void theLibrariesOfThisMachineAnswer() throws Exception {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    List<String> found =
        Stream.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS, CudaLibrary.CUDNN)
            .filter(l -> libraries.finding(l) instanceof Finding.Found)
            .map(CudaLibrary::name)
            .toList();
    assumeTrue(!found.isEmpty(), "needs NVRTC, cuBLAS or cuDNN");
    String setting = System.getenv().getOrDefault("AUXGRAD_CUDA_PATH", "");
    String output = run(Map.of("AUXGRAD_CUDA_PATH", setting), found.toArray(String[]::new));
    List<String> lines = output.lines().toList();
    assertEquals(found.size(), lines.size(), output);
    for (int i = 0; i < lines.size(); i++) {
      CudaLibrary library = CudaLibrary.valueOf(found.get(i));
      int major = libraries.require(library).version().major();
      assertTrue(lines.get(i).startsWith(library + ": version " + major + "."), output);
    }
  }

  private void makeAll(String cudnn) throws IOException {
    StubLibraries stubs = new StubLibraries(folder);
    stubs.make("libcuda.so.1", Binding.DRIVER.functions(), 100, "");
    stubs.make("libnvrtc-builtins.so.13.7", Set.of("builtins"), 0, "");
    stubs.make("libnvrtc.so.13", Binding.NVRTC.functions(), 0, NVRTC);
    stubs.make("libcublasLt.so.13", Set.of("cublasLtCreate"), 0, "");
    stubs.make(
        "libcublas.so.13",
        Binding.CUBLAS.functions(),
        0,
        CUBLAS,
        folder.resolve("libcublasLt.so.13"));
    stubs.make("libcudnn.so.9", Binding.CUDNN.functions(), 0, cudnn);
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  private String run(Map<String, String> environment, String... libraries)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-ea",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            LoadingProgram.class.getName()));
    command.addAll(List.of(libraries));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("AUXGRAD_CUDA_PATH", folder.toString());
    builder.environment().put("AUXGRAD_CACHE", cache.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> output + read(errors));
    return output;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
