package io.auxgrad.kernels.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import io.auxgrad.kernels.cuda.libraries.Finding;
import io.auxgrad.kernels.cuda.libraries.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Our kernels through NVIDIA's compiler, which is found as users' is. It needs no GPU. */
class NvrtcTest {
  private static final Path KERNELS =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("src/main/cuda");

  /** From Turing to Blackwell. */
  private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90, 100, 120);

  private static final List<String> OPTIONS = KernelCompiler.OPTIONS;

  /** Stops before machine code is made, which takes nearly all of the time. */
  private static final List<String> CHECK_ONLY =
      Stream.concat(OPTIONS.stream(), Stream.of("--dlink-time-opt")).toList();

  private static Nvrtc nvrtc;

  @TempDir private Path home;

  @BeforeAll
  static void load() {
    CudaLibraries libraries = CudaLibraries.find(Surroundings.ofProcess());
    for (CudaLibrary needed : List.of(CudaLibrary.NVRTC, CudaLibrary.NVRTC_BUILTINS)) {
      if (libraries.finding(needed) instanceof Finding.Missing missing) {
        abort("needs NVRTC: " + missing.reason());
      }
    }
    nvrtc = Nvrtc.load(libraries);
  }

  @TestFactory
  Stream<DynamicTest> everyFileHasItsHeadersAndIsSoundForEveryArchitecture() throws IOException {
    return each(files(), (name, sm) -> nvrtc.compile(source(name), "sm_" + sm, CHECK_ONLY));
  }

  @TestFactory
  Stream<DynamicTest> aFileCompilesForEveryArchitecture() {
    return each(List.of(Canary.FILE), NvrtcTest::compile);
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> everyFileCompilesForEveryArchitecture() throws IOException {
    return each(files(), NvrtcTest::compile);
  }

  private interface Work {
    void on(String file, int architecture);
  }

  private static Stream<DynamicTest> each(List<String> files, Work work) {
    return files.stream()
        .flatMap(file ->
            ARCHITECTURES.stream()
                .filter(nvrtc.architectures()::contains)
                .map(sm -> DynamicTest.dynamicTest(file + " sm_" + sm, () -> work.on(file, sm))));
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".cu"))
          .sorted()
          .toList();
    }
  }

  private static KernelSource source(String file) {
    return KernelSource.ofResource(file);
  }

  private static void compile(String file, int architecture) {
    Nvrtc.Compiled compiled = nvrtc.compile(source(file), "sm_" + architecture, OPTIONS);
    assertEquals("", compiled.log().strip());
    byte[] magic = {0x7f, 'E', 'L', 'F'};
    assertArrayEquals(magic, Arrays.copyOf(compiled.cubin(), magic.length));
  }

  @Test
  void tellsItsVersionAndArchitectures() {
    assertTrue(nvrtc.version().matches("1[23]\\.\\d+"), nvrtc.version());
    assertTrue(nvrtc.architectures().contains(90), nvrtc.architectures()::toString);
  }

  @Test
  void anErrorInTheSourceComesWithTheLogAndTheRemedy() {
    KernelSource broken =
        new KernelSource(
            "broken.cu",
            "#include \"part.cuh\"\nextern \"C\" __global__ void k(int* x) { *x = answer(); }\n",
            Map.of("part.cuh", "__device__ int answer() { return forty_two; }\n"));
    String message = failure(() -> nvrtc.compile(broken, "sm_90", OPTIONS));
    assertTrue(
        message.startsWith(
            "broken.cu does not compile for sm_90 (NVRTC %s, NVRTC_ERROR_COMPILATION):"
                .formatted(nvrtc.version())),
        message);
    assertTrue(message.contains("part.cuh(1): error: identifier \"forty_two\""), message);
    assertTrue(message.contains("set AUXGRAD_CUDA_PATH to"), message);
  }

  @Test
  void aHeaderThatIsNotGivenIsNamed() {
    KernelSource alone = new KernelSource("alone.cu", "#include \"common.cuh\"\n", Map.of());
    String message = failure(() -> nvrtc.compile(alone, "sm_90", OPTIONS));
    assertTrue(message.contains("open source file \"common.cuh\""), message);
  }

  @Test
  void anArchitectureThatItDoesNotKnowIsNamedWithThoseItKnows() {
    String message = failure(() -> nvrtc.compile(source(Canary.FILE), "sm_20", OPTIONS));
    assertTrue(
        message.startsWith(
            "NVRTC %s does not compile for sm_20, but for".formatted(nvrtc.version())),
        message);
    assertTrue(message.contains("sm_90"), message);
    assertTrue(message.contains("a newer CUDA is needed for newer GPUs"), message);
  }

  private static String failure(Runnable work) {
    return assertThrows(CudaException.class, work::run).getMessage();
  }

  @Test
  void whatWasCompiledComesFromTheCache() throws IOException {
    byte[] first = compiler("sm_90").of(Canary.FILE);
    assertEquals(1, entries());
    assertArrayEquals(first, compiler("sm_90").of(Canary.FILE));
    assertEquals(1, entries());
    compiler("sm_80").of(Canary.FILE);
    assertEquals(2, entries());
  }

  @Test
  void filesThatGoTogetherAreCompiledTogether() throws IOException {
    List<String> files = List.of(Canary.FILE, "partial_sums.cu", "image.cu");
    KernelCompiler compiler = compiler("sm_90");
    List<String> said = Said.by(KernelCompiler.class, () -> compiler.prepare(files));
    assertEquals(1, said.size(), said::toString);
    assertEquals(3, entries());
    Map<String, byte[]> prepared = new HashMap<>();
    files.forEach(f -> prepared.put(f, compiler.of(f)));
    for (String file : files) {
      byte[] alone = nvrtc.compile(source(file), "sm_90", OPTIONS).cubin();
      assertArrayEquals(alone, prepared.get(file), file);
    }
    said = Said.by(KernelCompiler.class, () -> compiler("sm_90").prepare(files));
    assertEquals(List.of(), said, "nothing is left to compile");
  }

  @Test
  void whatFailsIsToldToWhoAsksForIt() {
    KernelCompiler compiler = compiler("sm_20");
    compiler.prepare(List.of(Canary.FILE));
    String message = failure(() -> compiler.of(Canary.FILE));
    assertTrue(message.contains("does not compile for sm_20"), message);
  }

  private KernelCompiler compiler(String architecture) {
    return new KernelCompiler(nvrtc, new CubinCache(Optional.of(home), 1 << 20), architecture);
  }

  private int entries() throws IOException {
    try (Stream<Path> entries = Files.list(home)) {
      return (int) entries.count();
    }
  }
}
