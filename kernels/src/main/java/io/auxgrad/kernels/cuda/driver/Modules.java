package io.auxgrad.kernels.cuda.driver;

import io.auxgrad.kernels.cuda.launch.Kernel;
import io.auxgrad.kernels.cuda.libraries.CudaException;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * The kernels on the GPU, each file loaded when its first kernel is asked for. Files that were
 * announced are compiled together, when the first of them is needed.
 */
final class Modules implements AutoCloseable {
  /** The driver does not know the machine code that it is given. */
  private static final Set<Integer> REFUSALS =
      Set.of(
          CUresult.CUDA_ERROR_INVALID_IMAGE,
          CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
          CUresult.CUDA_ERROR_INVALID_SOURCE);

  private final Stream stream;
  private final Context context;
  private final Cubins cubins;
  private final String architecture;
  private final Toolchain toolchain;
  private final boolean debug;
  private final Arena arena = Arena.ofShared();
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<String, Map<String, Kernel>> kernels = new HashMap<>();
  private final Set<String> announced = new HashSet<>();

  /** Kernels that run in {@code stream}; {@code debug} as in {@link CudaKernel}. */
  Modules(Stream stream, Cubins cubins, String architecture, Toolchain toolchain, boolean debug) {
    this.stream = stream;
    this.context = stream.context();
    this.cubins = cubins;
    this.architecture = architecture;
    this.toolchain = toolchain;
    this.debug = debug;
  }

  void announce(String file) {
    if (!modules.containsKey(file)) {
      announced.add(file);
    }
  }

  Kernel kernel(String file, String name) {
    return kernels
        .computeIfAbsent(file, _ -> new HashMap<>())
        .computeIfAbsent(name, _ -> new CudaKernel(name, module(file), stream, debug, arena));
  }

  private CUmodule module(String file) {
    context.enter();
    return modules.computeIfAbsent(file, this::load);
  }

  private CUmodule load(String file) {
    if (announced.contains(file)) {
      cubins.prepare(announced);
      announced.clear();
    }
    byte[] code = cubins.of(file);
    CUmodule module = new CUmodule();
    int status = JCudaDriver.cuModuleLoadData(module, code);
    String what = "loading the kernels of %s, compiled for %s,".formatted(file, architecture);
    if (REFUSALS.contains(status)) {
      CudaException failure = context.calls().failure(status, what);
      throw new CudaException(failure.getMessage() + ". " + toolchain.advice());
    }
    context.calls().check(status, what);
    return module;
  }

  @Override
  public void close() {
    try (Resources all = new Resources()) {
      all.add(arena);
      modules.values().forEach(module -> all.add(() -> unload(module)));
      all.add(stream::drain);
    }
  }

  private void unload(CUmodule module) {
    context.enter();
    context.calls().checkUnlessLost(JCudaDriver.cuModuleUnload(module), "cuModuleUnload");
  }
}
