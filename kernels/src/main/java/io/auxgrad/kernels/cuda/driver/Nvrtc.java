package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.libraries.CudaException;
import io.auxgrad.kernels.cuda.libraries.CudaLibraries;
import io.auxgrad.kernels.cuda.libraries.CudaLibrary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVIDIA's compiler of kernels. It makes machine code for one architecture and needs no GPU. */
public final class Nvrtc {
  /** The machine code of one architecture, and what the compiler said. */
  public record Compiled(byte[] cubin, String log) {}

  private static final List<String> FUNCTIONS =
      List.of(
          "nvrtcCompileProgram",
          "nvrtcCreateProgram",
          "nvrtcDestroyProgram",
          "nvrtcGetCUBIN",
          "nvrtcGetCUBINSize",
          "nvrtcGetErrorString",
          "nvrtcGetNumSupportedArchs",
          "nvrtcGetProgramLog",
          "nvrtcGetProgramLogSize",
          "nvrtcGetSupportedArchs",
          "nvrtcVersion");

  private final String version;
  private final List<Integer> architectures;

  private Nvrtc() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
    version = major[0] + "." + minor[0];
    int[] count = new int[1];
    check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    architectures = Arrays.stream(known).boxed().toList();
  }

  /**
   * Loads it.
   *
   * @throws CudaException if it is missing or cannot be loaded
   */
  public static Nvrtc load(CudaLibraries libraries) {
    libraries.load(CudaLibrary.NVRTC, FUNCTIONS);
    return new Nvrtc();
  }

  /** Its version, for example {@code 13.0}. */
  public String version() {
    return version;
  }

  /** The architectures that it knows, for example 90 for {@code sm_90}, in ascending order. */
  public List<Integer> architectures() {
    return architectures;
  }

  /**
   * Compiles {@code source}.
   *
   * @param architecture for example {@code sm_90}
   * @param options beside that of the architecture, for example {@code --std=c++17}
   * @throws CudaException with the compiler's log if there is an error in the source, and if the
   *     compiler does not know the architecture
   */
  public Compiled compile(KernelSource source, String architecture, List<String> options) {
    checkArchitecture(architecture);
    String[] all =
        Stream.concat(Stream.of("--gpu-architecture=" + architecture), options.stream())
            .toArray(String[]::new);
    nvrtcProgram program = create(source);
    try {
      int status = JNvrtc.nvrtcCompileProgram(program, all.length, all);
      String log = log(program);
      if (status != nvrtcResult.NVRTC_SUCCESS) {
        throw new CudaException(
            "%s does not compile for %s (NVRTC %s, %s):%n%s%nAnother version of NVRTC may compile it: set AUXGRAD_CUDA_PATH to the folder of one of CUDA 12 or 13"
                .formatted(
                    source.name(),
                    architecture,
                    version,
                    JNvrtc.nvrtcGetErrorString(status),
                    log.strip()));
      }
      return new Compiled(cubin(program), log);
    } finally {
      check(JNvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
    }
  }

  private void checkArchitecture(String architecture) {
    String known = architectures.stream().map(a -> "sm_" + a).collect(Collectors.joining(", "));
    if (architectures.stream().noneMatch(a -> architecture.matches("sm_" + a + "[af]?"))) {
      throw new CudaException(
          "NVRTC %s does not compile for %s, but for %s: a newer CUDA is needed for newer GPUs, an older one for older"
              .formatted(version, architecture, known));
    }
  }

  private static nvrtcProgram create(KernelSource source) {
    nvrtcProgram program = new nvrtcProgram();
    String[] names = source.headers().keySet().toArray(String[]::new);
    String[] texts = source.headers().values().toArray(String[]::new);
    check(
        JNvrtc.nvrtcCreateProgram(
            program, source.text(), source.name(), names.length, texts, names),
        "nvrtcCreateProgram");
    return program;
  }

  private static String log(nvrtcProgram program) {
    String[] log = new String[1];
    check(JNvrtc.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
    return log[0];
  }

  private static byte[] cubin(nvrtcProgram program) {
    long[] size = new long[1];
    check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] cubin = new byte[Math.toIntExact(size[0])];
    check(JNvrtc.nvrtcGetCUBIN(program, cubin), "nvrtcGetCUBIN");
    return cubin;
  }

  private static void check(int status, String call) {
    if (status != nvrtcResult.NVRTC_SUCCESS) {
      throw new CudaException(call + " failed: " + JNvrtc.nvrtcGetErrorString(status));
    }
  }
}
